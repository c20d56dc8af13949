//! Second pass: from what was seen of a name to what it is.

use super::*;
use crate::convert::with_stack;

type Names<'a> = IndexSet<Ident<'a>>;

/// Names that enclosing scopes show to a block. Each block works on copies of its own.
#[derive(Clone, Default)]
struct Visible<'a> {
    /// Bound in an enclosing function; None in a module.
    bound: Option<Names<'a>>,
    global: Names<'a>,
    type_params: Names<'a>,
}

impl<'a> SymbolTable<'a> {
    pub(super) fn analyze(&mut self) -> Result<()> {
        let mut free = Names::new();
        self.analyze_block(TOP, &mut Visible::default(), &mut free, None)
    }

    /// Decides on the names of a block and of all within it. Names that stay unresolved are added to
    /// `free`.
    fn analyze_block(
        &mut self,
        id: ScopeId,
        visible: &mut Visible<'a>,
        free: &mut Names<'a>,
        class_entry: Option<ScopeId>,
    ) -> Result<()> {
        let mut local = Names::new();
        let mut scopes: IndexMap<Ident<'a>, Scope> = IndexMap::new();
        let mut newglobal = Names::new();
        let mut newbound = Names::new();
        let mut newfree = Names::new();
        let mut inlined_cells = Names::new();
        let kind = self.block(id).kind;

        // A class doesn't show its own names to the blocks within it.
        if kind == BlockType::Class {
            newglobal.extend(&visible.global);
            if let Some(bound) = &visible.bound {
                newbound.extend(bound);
            }
        }
        let names: Vec<_> = self
            .block(id)
            .symbols
            .iter()
            .map(|(name, s)| (*name, s.def))
            .collect();
        for (name, def) in names {
            let scope = self.analyze_name(id, name, def, visible, &mut local, free, class_entry)?;
            scopes.insert(name, scope);
        }
        if kind == BlockType::Class {
            newbound.extend(["__class__", "__classdict__", "__conditional_annotations__"]);
        } else {
            if kind.is_function_like() {
                newbound.extend(&local);
            }
            if let Some(bound) = &visible.bound {
                newbound.extend(bound);
            }
            newglobal.extend(&visible.global);
        }

        let sees_class = self.block(id).can_see_class_scope;
        for child in self.block(id).children.clone() {
            let entry = self.block(child);
            let new_class_entry = match entry.can_see_class_scope {
                true if kind == BlockType::Class => Some(id),
                true => class_entry,
                false => None,
            };
            let inline =
                entry.comprehension != Comprehension::No && !entry.generator && !sees_class;
            let mut inner = Visible {
                bound: Some(newbound.clone()),
                global: newglobal.clone(),
                type_params: visible.type_params.clone(),
            };
            let mut child_free = newfree.clone();
            with_stack(|| self.analyze_block(child, &mut inner, &mut child_free, new_class_entry))?;
            if inline {
                self.inline_comprehension(
                    id,
                    child,
                    &mut scopes,
                    &mut child_free,
                    &mut inlined_cells,
                );
                self.block_mut(child).comp_inlined = true;
            }
            newfree.extend(child_free);
        }
        self.splice_inlined_children(id);

        if kind.is_function_like() {
            for (name, scope) in &mut scopes {
                if *scope == Scope::Local
                    && (newfree.contains(name) || inlined_cells.contains(name))
                {
                    *scope = Scope::Cell;
                    newfree.swap_remove(name);
                }
            }
        } else if kind == BlockType::Class {
            let block = self.block_mut(id);
            block.needs_class_closure |= newfree.swap_remove("__class__");
            block.needs_classdict |= newfree.swap_remove("__classdict__");
            block.has_conditional_annotations |= newfree.swap_remove("__conditional_annotations__");
        }
        self.update_symbols(
            id,
            &scopes,
            visible.bound.as_ref(),
            &newfree,
            &inlined_cells,
        );
        free.extend(newfree);
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    fn analyze_name(
        &self,
        id: ScopeId,
        name: Ident<'a>,
        def: Def,
        visible: &mut Visible<'a>,
        local: &mut Names<'a>,
        free: &mut Names<'a>,
        class_entry: Option<ScopeId>,
    ) -> Result<Scope> {
        if def.contains(Def::GLOBAL) {
            if def.contains(Def::NONLOCAL) {
                return self.directive_error(
                    id,
                    name,
                    format!("name '{name}' is nonlocal and global"),
                );
            }
            visible.global.insert(name);
            if let Some(bound) = &mut visible.bound {
                bound.swap_remove(name);
            }
            return Ok(Scope::GlobalExplicit);
        }
        if def.contains(Def::NONLOCAL) {
            let Some(bound) = &visible.bound else {
                let message = "nonlocal declaration not allowed at module level".into();
                return self.directive_error(id, name, message);
            };
            if !bound.contains(name) {
                let message = format!("no binding for nonlocal '{name}' found");
                return self.directive_error(id, name, message);
            }
            if visible.type_params.contains(name) {
                let message = format!("nonlocal binding not allowed for type parameter '{name}'");
                return self.directive_error(id, name, message);
            }
            free.insert(name);
            return Ok(Scope::Free);
        }
        if def.intersects(Def::BOUND) {
            local.insert(name);
            visible.global.swap_remove(name);
            if def.contains(Def::TYPE_PARAM) {
                visible.type_params.insert(name);
            } else {
                visible.type_params.swap_remove(name);
            }
            return Ok(Scope::Local);
        }
        // An annotation scope in a class looks the name up in the class at run time, and then among
        // the globals: not in functions around the class. For the look-up itself it needs the class's cell, whatever
        // else the class has by that name.
        if let Some(class) = class_entry
            && name != "__classdict__"
        {
            let def = self.block(class).symbol(name).def;
            if def.contains(Def::GLOBAL) {
                return Ok(Scope::GlobalExplicit);
            }
            if def.intersects(Def::BOUND) && !def.contains(Def::NONLOCAL) {
                return Ok(Scope::GlobalImplicit);
            }
        }
        if visible
            .bound
            .as_ref()
            .is_some_and(|bound| bound.contains(name))
        {
            free.insert(name);
            return Ok(Scope::Free);
        }
        Ok(Scope::GlobalImplicit)
    }

    fn directive_error<T>(&self, id: ScopeId, name: Ident<'a>, message: String) -> Result<T> {
        let loc = self
            .block(id)
            .directives
            .iter()
            .find(|(directive, _)| *directive == name)
            .map_or(Loc::NONE, |(_, loc)| *loc);
        error(message, loc)
    }

    fn is_free_in_any_child(&self, id: ScopeId, name: &str) -> bool {
        self.block(id)
            .children
            .iter()
            .any(|child| self.block(*child).scope_of(name) == Scope::Free)
    }

    /// Makes the names of a comprehension known in the block that it will be a part of.
    fn inline_comprehension(
        &mut self,
        id: ScopeId,
        comp: ScopeId,
        scopes: &mut IndexMap<Ident<'a>, Scope>,
        comp_free: &mut Names<'a>,
        inlined_cells: &mut Names<'a>,
    ) {
        let kind = self.block(id).kind;
        let (mut removed, mut uses) = (Vec::new(), Vec::new());
        let symbols: Vec<_> = self
            .block(comp)
            .symbols
            .iter()
            .map(|(n, s)| (*n, *s))
            .collect();
        for (name, symbol) in symbols {
            if symbol.def.contains(Def::PARAM) {
                continue;
            }
            let mut scope = symbol.scope;
            if scope == Scope::Cell || symbol.def.contains(Def::COMP_CELL) {
                inlined_cells.insert(name);
            }
            // The names that a class makes for its methods are never free through it.
            let implicit = matches!(
                name,
                "__class__" | "__classdict__" | "__conditional_annotations__"
            );
            if scope == Scope::Free && kind == BlockType::Class && implicit {
                scope = Scope::GlobalImplicit;
                if !self.is_free_in_any_child(comp, name) {
                    comp_free.swap_remove(name);
                }
                removed.push(name);
            }
            match self.block(id).symbols.get(name) {
                None => {
                    let symbol = Symbol {
                        def: symbol.def,
                        scope: Scope::Unknown,
                    };
                    self.block_mut(id).symbols.insert(name, symbol);
                    scopes.insert(name, scope);
                }
                Some(existing) => {
                    // A use of the variable within is a use here.
                    let used = symbol.def.contains(Def::USE) && symbol.scope == Scope::Free;
                    if used && kind != BlockType::Class {
                        uses.push(name);
                    }
                    // What was free in the comprehension and is local here is now simply local.
                    if existing.def.intersects(Def::BOUND)
                        && kind != BlockType::Class
                        && !self.is_free_in_any_child(comp, name)
                    {
                        comp_free.swap_remove(name);
                    }
                }
            }
        }
        for name in uses {
            if let Some(symbol) = self.block_mut(id).symbols.get_mut(name) {
                symbol.def |= Def::USE;
            }
        }
        for name in removed {
            self.block_mut(comp).symbols.shift_remove(name);
        }
    }

    fn splice_inlined_children(&mut self, id: ScopeId) {
        let children = std::mem::take(&mut self.block_mut(id).children);
        let mut spliced = Vec::with_capacity(children.len());
        for child in children {
            if self.block(child).comp_inlined {
                spliced.extend(self.block(child).children.iter().copied());
            } else {
                spliced.push(child);
            }
        }
        self.block_mut(id).children = spliced;
    }

    fn update_symbols(
        &mut self,
        id: ScopeId,
        scopes: &IndexMap<Ident<'a>, Scope>,
        bound: Option<&Names<'a>>,
        free: &Names<'a>,
        inlined_cells: &Names<'a>,
    ) {
        let block = self.block_mut(id);
        let class_like = block.kind == BlockType::Class || block.can_see_class_scope;
        for (name, symbol) in &mut block.symbols {
            if inlined_cells.contains(name) {
                symbol.def |= Def::COMP_CELL;
            }
            symbol.scope = scopes.get(name).copied().unwrap_or_default();
        }
        for name in free {
            if let Some(symbol) = block.symbols.get_mut(name) {
                // Free in a method, and a name of the class as well: both meanings hold.
                if class_like {
                    symbol.def |= Def::FREE_CLASS;
                }
                continue;
            }
            if bound.is_some_and(|bound| !bound.contains(name)) {
                continue;
            }
            block.symbols.insert(
                name,
                Symbol {
                    def: Def::empty(),
                    scope: Scope::Free,
                },
            );
        }
    }
}
