//! First pass: what each scope says about its names.

use super::*;
use crate::convert::with_stack;

pub(super) fn collect<'a>(
    arena: &'a Arena,
    module: &Mod<'a>,
    settings: Settings,
) -> Result<SymbolTable<'a>> {
    let mut visitor = Visitor {
        arena,
        table: SymbolTable {
            blocks: Vec::new(),
            keys: HashMap::new(),
        },
        stack: Vec::new(),
        class: None,
        settings,
    };
    let start = Loc::new(0, 0, 0, 0);
    visitor.enter_block(BlockType::Module, Key::Module, "top", start)?;
    match module {
        Mod::Module { body } => {
            visitor.cur().has_docstring = docstring(body).is_some();
            visitor.stmts(body)?;
        }
        Mod::Interactive { body } => visitor.stmts(body)?,
        Mod::Expression { body } => visitor.expr(body)?,
    }
    visitor.exit_block();
    Ok(visitor.table)
}

pub(super) struct Visitor<'a> {
    pub(super) arena: &'a Arena,
    pub(super) table: SymbolTable<'a>,
    pub(super) stack: Vec<ScopeId>,
    /// The class whose name mangles.
    pub(super) class: Option<Ident<'a>>,
    pub(super) settings: Settings,
}

impl<'a> Visitor<'a> {
    pub(super) fn cur_id(&self) -> ScopeId {
        self.stack.last().copied().unwrap_or(TOP)
    }

    pub(super) fn cur(&mut self) -> &mut Block<'a> {
        let id = self.cur_id();
        self.table.block_mut(id)
    }

    pub(super) fn cur_ref(&self) -> &Block<'a> {
        self.table.block(self.cur_id())
    }

    pub(super) fn new_block(
        &mut self,
        kind: BlockType,
        key: Key,
        name: Ident<'a>,
        loc: Loc,
    ) -> ScopeId {
        let parent = self.stack.last().map(|id| self.table.block(*id));
        let nested = parent.is_some_and(|p| p.nested || p.kind.is_function_like());
        let is_method =
            kind == BlockType::Function && parent.is_some_and(|p| p.kind == BlockType::Class);
        let id = ScopeId(self.table.blocks.len() as u32);
        self.table.blocks.push(Block {
            kind,
            name,
            lineno: loc.line,
            symbols: IndexMap::new(),
            varnames: Vec::new(),
            children: Vec::new(),
            directives: Vec::new(),
            mangled_names: None,
            nested,
            generator: false,
            coroutine: false,
            varargs: false,
            varkeywords: false,
            has_docstring: false,
            is_method,
            comprehension: super::Comprehension::No,
            comp_inlined: false,
            comp_iter_target: false,
            comp_iter_expr: 0,
            needs_class_closure: false,
            needs_classdict: false,
            can_see_class_scope: false,
            annotations_used: false,
            has_conditional_annotations: false,
            in_conditional_block: false,
            in_unevaluated_annotation: false,
            annotation_block: None,
            scope_info: "",
        });
        self.table.keys.insert(key, id);
        id
    }

    pub(super) fn enter_existing_block(&mut self, id: ScopeId) {
        if let Some(prev) = self.stack.last().copied() {
            let prev_block = self.table.block(prev);
            let comp_iter_expr = prev_block.comp_iter_expr;
            let mangled_names = prev_block.mangled_names.clone();
            let block = self.table.block_mut(id);
            block.comp_iter_expr = comp_iter_expr;
            if mangled_names.is_some() && block.kind != BlockType::Class {
                block.mangled_names = mangled_names;
            }
            // Annotations that become strings have no effect on names; and a block can be entered again.
            let strings = self.settings.future_annotations && block.kind == BlockType::Annotation;
            let again = self.table.block(prev).children.contains(&id);
            if !strings && !again {
                self.table.block_mut(prev).children.push(id);
            }
        }
        self.stack.push(id);
    }

    pub(super) fn enter_block(
        &mut self,
        kind: BlockType,
        key: Key,
        name: Ident<'a>,
        loc: Loc,
    ) -> Result<ScopeId> {
        let id = self.new_block(kind, key, name, loc);
        self.enter_existing_block(id);
        if matches!(
            kind,
            BlockType::Annotation | BlockType::TypeVariable | BlockType::TypeAlias
        ) {
            self.add_def(".format", Def::PARAM, loc)?;
            self.add_def(".format", Def::USE, loc)?;
        }
        Ok(id)
    }

    pub(super) fn exit_block(&mut self) {
        self.stack.pop();
    }

    pub(super) fn mangled(&self, name: Ident<'a>) -> Ident<'a> {
        maybe_mangle(self.arena, self.class, self.cur_ref(), name)
    }

    pub(super) fn lookup(&self, name: Ident<'a>) -> Def {
        self.cur_ref().symbol(self.mangled(name)).def
    }

    pub(super) fn check_name(&self, name: Ident<'a>, loc: Loc, ctx: Ctx) -> Result<()> {
        match ctx {
            Ctx::Store if name == "__debug__" => error("cannot assign to __debug__", loc),
            Ctx::Del if name == "__debug__" => error("cannot delete __debug__", loc),
            _ => Ok(()),
        }
    }

    pub(super) fn add_def(&mut self, name: Ident<'a>, def: Def, loc: Loc) -> Result<()> {
        self.add_def_ctx(
            name,
            def,
            loc,
            if def == Def::USE {
                Ctx::Load
            } else {
                Ctx::Store
            },
        )
    }

    pub(super) fn add_def_ctx(
        &mut self,
        name: Ident<'a>,
        def: Def,
        loc: Loc,
        ctx: Ctx,
    ) -> Result<()> {
        if def.intersects(Def::PARAM | Def::LOCAL | Def::IMPORT) {
            self.check_name(name, loc, ctx)?;
        }
        if def.contains(Def::TYPE_PARAM)
            && let Some(names) = &self.cur_ref().mangled_names
        {
            names.borrow_mut().insert(name);
        }
        self.add_def_to(self.cur_id(), name, def, loc)
    }

    pub(super) fn add_def_to(
        &mut self,
        id: ScopeId,
        name: Ident<'a>,
        def: Def,
        loc: Loc,
    ) -> Result<()> {
        let mangled = self.mangled(name);
        let block = self.table.block_mut(id);
        let mut value = block.symbol(mangled).def;
        if def.contains(Def::PARAM) && value.contains(Def::PARAM) {
            return error(
                format!("duplicate argument '{name}' in function definition"),
                loc,
            );
        }
        if def.contains(Def::TYPE_PARAM) && value.contains(Def::TYPE_PARAM) {
            return error(format!("duplicate type parameter '{name}'"), loc);
        }
        value |= def;
        if block.comp_iter_target {
            if value.intersects(Def::GLOBAL | Def::NONLOCAL) {
                return error(
                    format!(
                        "comprehension inner loop cannot rebind assignment expression target '{name}'"
                    ),
                    loc,
                );
            }
            value |= Def::COMP_ITER;
        }
        block.symbols.entry(mangled).or_default().def = value;
        if def.contains(Def::PARAM) {
            block.varnames.push(mangled);
        } else if def.contains(Def::GLOBAL) {
            self.table
                .block_mut(TOP)
                .symbols
                .entry(mangled)
                .or_default()
                .def |= def;
        }
        Ok(())
    }

    pub(super) fn directive(&mut self, name: Ident<'a>, loc: Loc) {
        let name = self.mangled(name);
        self.cur().directives.push((name, loc));
    }

    pub(super) fn enter_type_param_block(
        &mut self,
        params: &'a [TypeParam<'a>],
        owner: Ident<'a>,
        defaults: bool,
        kwdefaults: bool,
        class: bool,
        loc: Loc,
    ) -> Result<()> {
        let in_class = self.cur_ref().kind == BlockType::Class;
        let key = Key::type_params(params);
        self.enter_block(BlockType::TypeParameters, key, owner, loc)?;
        if in_class {
            self.cur().can_see_class_scope = true;
            self.add_def("__classdict__", Def::USE, loc)?;
        }
        if class {
            self.add_def(".type_params", Def::LOCAL, loc)?;
            self.add_def(".type_params", Def::USE, loc)?;
            self.add_def(".generic_base", Def::LOCAL, loc)?;
            self.add_def(".generic_base", Def::USE, loc)?;
        }
        if defaults {
            self.add_def(".defaults", Def::PARAM, loc)?;
        }
        if kwdefaults {
            self.add_def(".kwdefaults", Def::PARAM, loc)?;
        }
        Ok(())
    }

    pub(super) fn conditionally(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let before = std::mem::replace(&mut self.cur().in_conditional_block, true);
        let result = step(self);
        self.cur().in_conditional_block = before;
        result
    }

    pub(super) fn stmts(&mut self, stmts: &'a [Stmt<'a>]) -> Result<()> {
        stmts.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    pub(super) fn stmt(&mut self, stmt: &'a Stmt<'a>) -> Result<()> {
        with_stack(|| self.stmt_inner(stmt))
    }

    pub(super) fn stmt_inner(&mut self, stmt: &'a Stmt<'a>) -> Result<()> {
        let loc = stmt.loc;
        match stmt.kind {
            StmtKind::FunctionDef(def) => self.function_def(def, loc)?,
            StmtKind::ClassDef(def) => self.class_def(def, loc)?,
            StmtKind::TypeAlias(alias) => self.type_alias(alias, loc)?,
            StmtKind::Return(value) => self.optional(value)?,
            StmtKind::Delete(targets) => self.exprs(targets)?,
            StmtKind::Assign { targets, value } => {
                self.exprs(targets)?;
                self.expr(value)?;
            }
            StmtKind::AnnAssign(assign) => self.ann_assign(assign, loc)?,
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target)?;
                self.expr(value)?;
            }
            StmtKind::For(node) => {
                if node.is_async {
                    self.check_coroutine("'async for' outside async function", loc)?;
                }
                self.expr(node.target)?;
                self.expr(node.iter)?;
                self.conditionally(|this| {
                    this.stmts(node.body)?;
                    this.stmts(node.orelse)
                })?;
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.expr(test)?;
                self.conditionally(|this| {
                    this.stmts(body)?;
                    this.stmts(orelse)
                })?;
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                self.conditionally(|this| {
                    for case in cases {
                        this.pattern(case.pattern)?;
                        this.optional(case.guard)?;
                        this.stmts(case.body)?;
                    }
                    Ok(())
                })?;
            }
            StmtKind::Raise { exc, cause } => {
                self.optional(exc)?;
                self.optional(cause)?;
            }
            StmtKind::Try(node) => self.conditionally(|this| {
                this.stmts(node.body)?;
                for handler in node.handlers {
                    this.optional(handler.typ)?;
                    if let Some(name) = handler.name {
                        this.add_def(name, Def::LOCAL, handler.loc)?;
                    }
                    this.stmts(handler.body)?;
                }
                this.stmts(node.orelse)?;
                this.stmts(node.finalbody)
            })?,
            StmtKind::Assert { test, msg } => {
                self.expr(test)?;
                self.optional(msg)?;
            }
            StmtKind::Import(names) => {
                for alias in names {
                    self.alias(alias)?;
                }
            }
            StmtKind::ImportFrom {
                module,
                names,
                level,
            } => {
                for alias in names {
                    self.alias(alias)?;
                }
                let future = self.settings.future_loc;
                if level == 0
                    && module == Some("__future__")
                    && (loc.line > future.line
                        || (loc.line == future.end_line && loc.col > future.end_col))
                {
                    return error(
                        "from __future__ imports must occur at the beginning of the file",
                        loc,
                    );
                }
            }
            StmtKind::Global(names) => {
                for name in names {
                    self.declare(name, Def::GLOBAL, "global", loc)?;
                }
            }
            StmtKind::Nonlocal(names) => {
                for name in names {
                    self.declare(name, Def::NONLOCAL, "nonlocal", loc)?;
                }
            }
            StmtKind::Expr(value) => self.expr(value)?,
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => {}
            StmtKind::With(node) => {
                if node.is_async {
                    self.check_coroutine("'async with' outside async function", loc)?;
                }
                self.conditionally(|this| {
                    for item in node.items {
                        this.expr(item.context_expr)?;
                        this.optional(item.optional_vars)?;
                    }
                    this.stmts(node.body)
                })?;
            }
        }
        Ok(())
    }

    pub(super) fn function_def(&mut self, def: &'a FunctionDef<'a>, loc: Loc) -> Result<()> {
        self.add_def(def.name, Def::LOCAL, loc)?;
        self.exprs(def.args.defaults)?;
        self.optionals(def.args.kw_defaults)?;
        self.exprs(def.decorators)?;
        let generic = !def.type_params.is_empty();
        if generic {
            let kwdefaults = def.args.kw_defaults.iter().any(Option::is_some);
            self.enter_type_param_block(
                def.type_params,
                def.name,
                // CPython declares it for every function.
                true,
                kwdefaults,
                false,
                loc,
            )?;
            self.type_params(def.type_params)?;
        }
        let block = self.new_block(BlockType::Function, Key::function(def), def.name, loc);
        self.table.block_mut(block).has_docstring = docstring(def.body).is_some();
        self.function_annotations(def, loc)?;
        self.enter_existing_block(block);
        self.cur().coroutine = def.is_async;
        self.arguments(def.args)?;
        self.stmts(def.body)?;
        self.exit_block();
        if generic {
            self.exit_block();
        }
        Ok(())
    }

    pub(super) fn class_def(&mut self, def: &'a ClassDef<'a>, loc: Loc) -> Result<()> {
        self.add_def(def.name, Def::LOCAL, loc)?;
        self.exprs(def.decorators)?;
        let outer_class = self.class;
        let generic = !def.type_params.is_empty();
        if generic {
            self.enter_type_param_block(def.type_params, def.name, false, false, true, loc)?;
            self.class = Some(def.name);
            self.cur().mangled_names = Some(Default::default());
            self.type_params(def.type_params)?;
        }
        self.exprs(def.bases)?;
        self.keywords(def.keywords)?;
        self.enter_block(BlockType::Class, Key::class(def), def.name, loc)?;
        self.class = Some(def.name);
        if generic {
            self.add_def("__type_params__", Def::LOCAL, loc)?;
            self.add_def(".type_params", Def::USE, loc)?;
        }
        self.cur().has_docstring = docstring(def.body).is_some();
        self.stmts(def.body)?;
        self.exit_block();
        if generic {
            self.exit_block();
        }
        self.class = outer_class;
        Ok(())
    }

    pub(super) fn type_alias(&mut self, alias: &'a TypeAlias<'a>, loc: Loc) -> Result<()> {
        self.expr(alias.name)?;
        let ExprKind::Name { id: name, .. } = alias.name.kind else {
            return error("type alias needs a name", loc);
        };
        let in_class = self.cur_ref().kind == BlockType::Class;
        let generic = !alias.type_params.is_empty();
        if generic {
            self.enter_type_param_block(alias.type_params, name, false, false, false, loc)?;
            self.type_params(alias.type_params)?;
        }
        let key = Key::type_alias(alias);
        self.enter_block(BlockType::TypeAlias, key, name, loc)?;
        self.cur().can_see_class_scope = in_class;
        if in_class {
            self.add_def("__classdict__", Def::USE, alias.value.loc)?;
        }
        self.expr(alias.value)?;
        self.exit_block();
        if generic {
            self.exit_block();
        }
        Ok(())
    }

    pub(super) fn ann_assign(&mut self, assign: &'a AnnAssign<'a>, loc: Loc) -> Result<()> {
        self.cur().annotations_used = true;
        if let ExprKind::Name { id, .. } = assign.target.kind {
            let seen = self.lookup(id);
            if seen.intersects(Def::GLOBAL | Def::NONLOCAL) && self.cur_id() != TOP && assign.simple
            {
                let what = if seen.contains(Def::GLOBAL) {
                    "global"
                } else {
                    "nonlocal"
                };
                return error(format!("annotated name '{id}' can't be {what}"), loc);
            }
            if assign.simple {
                self.add_def(id, Def::ANNOT | Def::LOCAL, assign.target.loc)?;
            }
            // CPython's condition comes to this: a value binds the name as well.
            if assign.value.is_some() {
                self.add_def(id, Def::LOCAL, assign.target.loc)?;
            }
        } else {
            self.expr(assign.target)?;
        }
        self.annotation(assign.annotation)?;
        self.optional(assign.value)
    }

    /// An annotation of a variable, in the annotation scope of the current block.
    pub(super) fn annotation(&mut self, annotation: &'a Expr<'a>) -> Result<()> {
        let parent = self.cur_id();
        let kind = self.cur_ref().kind;
        let unevaluated = kind == BlockType::Function;
        let block = self.cur_ref();
        // A module's annotations may be asked for before all of it has run.
        let conditional =
            kind == BlockType::Module || kind == BlockType::Class && block.in_conditional_block;
        if conditional && !block.has_conditional_annotations {
            self.cur().has_conditional_annotations = true;
            self.add_def("__conditional_annotations__", Def::USE, annotation.loc)?;
        }
        match self.cur_ref().annotation_block {
            Some(block) => self.enter_existing_block(block),
            None => {
                let block = self.enter_block(
                    BlockType::Annotation,
                    Key::Annotations(parent),
                    "__annotate__",
                    annotation.loc,
                )?;
                self.table.block_mut(parent).annotation_block = Some(block);
                if kind == BlockType::Class && !self.settings.future_annotations {
                    self.cur().can_see_class_scope = true;
                    self.add_def("__classdict__", Def::USE, annotation.loc)?;
                }
            }
        }
        if unevaluated {
            self.cur().in_unevaluated_annotation = true;
        }
        let result = self.expr(annotation);
        if unevaluated {
            self.cur().in_unevaluated_annotation = false;
        }
        self.exit_block();
        result
    }

    /// The annotations of a function's parameters and result.
    pub(super) fn function_annotations(
        &mut self,
        def: &'a FunctionDef<'a>,
        loc: Loc,
    ) -> Result<()> {
        let block = self.cur_ref();
        let in_class = block.can_see_class_scope || block.kind == BlockType::Class;
        let args = def.args;
        let key = Key::function_annotations(args);
        self.enter_block(BlockType::Annotation, key, "__annotate__", loc)?;
        if in_class {
            self.cur().can_see_class_scope = true;
            self.add_def("__classdict__", Def::USE, loc)?;
        }
        let all = args
            .posonlyargs
            .iter()
            .chain(args.args)
            .chain(args.vararg)
            .chain(args.kwarg)
            .chain(args.kwonlyargs);
        for annotation in all.filter_map(|arg| arg.annotation).chain(def.returns) {
            self.cur().annotations_used = true;
            self.expr(annotation)?;
        }
        self.exit_block();
        Ok(())
    }

    pub(super) fn arguments(&mut self, args: &'a Arguments<'a>) -> Result<()> {
        for arg in args
            .posonlyargs
            .iter()
            .chain(args.args)
            .chain(args.kwonlyargs)
        {
            self.add_def(arg.arg, Def::PARAM, arg.loc)?;
        }
        if let Some(arg) = args.vararg {
            self.add_def(arg.arg, Def::PARAM, arg.loc)?;
            self.cur().varargs = true;
        }
        if let Some(arg) = args.kwarg {
            self.add_def(arg.arg, Def::PARAM, arg.loc)?;
            self.cur().varkeywords = true;
        }
        Ok(())
    }

    pub(super) fn alias(&mut self, alias: &'a Alias<'a>) -> Result<()> {
        let name = alias.asname.unwrap_or(alias.name);
        if name == "*" {
            if self.cur_ref().kind != BlockType::Module {
                return error("import * only allowed at module level", alias.loc);
            }
            return Ok(());
        }
        let bound = name.split('.').next().unwrap_or(name);
        self.add_def(bound, Def::IMPORT, alias.loc)
    }

    pub(super) fn declare(
        &mut self,
        name: Ident<'a>,
        def: Def,
        what: &str,
        loc: Loc,
    ) -> Result<()> {
        let seen = self.lookup(name);
        let message = if seen.contains(Def::PARAM) {
            Some(format!("name '{name}' is parameter and {what}"))
        } else if seen.contains(Def::USE) {
            Some(format!("name '{name}' is used prior to {what} declaration"))
        } else if seen.contains(Def::ANNOT) {
            Some(format!("annotated name '{name}' can't be {what}"))
        } else if seen.contains(Def::LOCAL) {
            Some(format!(
                "name '{name}' is assigned to before {what} declaration"
            ))
        } else {
            None
        };
        if let Some(message) = message {
            return error(message, loc);
        }
        self.add_def(name, def, loc)?;
        self.directive(name, loc);
        Ok(())
    }

    pub(super) fn allows_top_level_await(&self) -> bool {
        self.settings.allow_top_level_await && self.cur_ref().kind == BlockType::Module
    }

    pub(super) fn check_coroutine(&mut self, message: &str, loc: Loc) -> Result<()> {
        if self.allows_top_level_await() {
            self.cur().coroutine = true;
        }
        if self.cur_ref().coroutine {
            Ok(())
        } else {
            error(message, loc)
        }
    }

    /// In the body of an `async def`, as opposed to other scopes that await.
    pub(super) fn in_async_def(&self) -> bool {
        let block = self.cur_ref();
        block.kind == BlockType::Function && block.coroutine
    }
}
