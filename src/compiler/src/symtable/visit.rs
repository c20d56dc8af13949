//! First pass: what each scope says about its names.

use super::*;
use crate::ast;
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
    visitor.enter_block(BlockType::Module, Key::Module, Loc::new(0, 0, 0, 0))?;
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

struct Visitor<'a> {
    arena: &'a Arena,
    table: SymbolTable<'a>,
    stack: Vec<ScopeId>,
    /// The class whose name mangles.
    class: Option<Ident<'a>>,
    settings: Settings,
}

impl<'a> Visitor<'a> {
    fn cur_id(&self) -> ScopeId {
        self.stack.last().copied().unwrap_or(TOP)
    }

    fn cur(&mut self) -> &mut Block<'a> {
        let id = self.cur_id();
        self.table.block_mut(id)
    }

    fn cur_ref(&self) -> &Block<'a> {
        self.table.block(self.cur_id())
    }

    fn new_block(&mut self, kind: BlockType, key: Key) -> ScopeId {
        let parent = self.stack.last().map(|id| self.table.block(*id));
        let nested = parent.is_some_and(|p| p.nested || p.kind.is_function_like());
        let is_method =
            kind == BlockType::Function && parent.is_some_and(|p| p.kind == BlockType::Class);
        let id = ScopeId(self.table.blocks.len() as u32);
        self.table.blocks.push(Block {
            kind,
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

    fn enter_existing_block(&mut self, id: ScopeId) {
        if let Some(prev) = self.stack.last().copied() {
            let prev_block = self.table.block(prev);
            let comp_iter_expr = prev_block.comp_iter_expr;
            let mangled_names = prev_block.mangled_names.clone();
            let block = self.table.block_mut(id);
            block.comp_iter_expr = comp_iter_expr;
            if mangled_names.is_some() && block.kind != BlockType::Class {
                block.mangled_names = mangled_names;
            }
            // Annotations that become strings have no effect on names.
            let strings = self.settings.future_annotations && block.kind == BlockType::Annotation;
            if !strings {
                self.table.block_mut(prev).children.push(id);
            }
        }
        self.stack.push(id);
    }

    fn enter_block(&mut self, kind: BlockType, key: Key, loc: Loc) -> Result<ScopeId> {
        let id = self.new_block(kind, key);
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

    fn exit_block(&mut self) {
        self.stack.pop();
    }

    fn mangled(&self, name: Ident<'a>) -> Ident<'a> {
        maybe_mangle(self.arena, self.class, self.cur_ref(), name)
    }

    fn lookup(&self, name: Ident<'a>) -> Def {
        self.cur_ref().symbol(self.mangled(name)).def
    }

    fn check_name(&self, name: Ident<'a>, loc: Loc, ctx: Ctx) -> Result<()> {
        match ctx {
            Ctx::Store if name == "__debug__" => error("cannot assign to __debug__", loc),
            Ctx::Del if name == "__debug__" => error("cannot delete __debug__", loc),
            _ => Ok(()),
        }
    }

    fn add_def(&mut self, name: Ident<'a>, def: Def, loc: Loc) -> Result<()> {
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

    fn add_def_ctx(&mut self, name: Ident<'a>, def: Def, loc: Loc, ctx: Ctx) -> Result<()> {
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

    fn add_def_to(&mut self, id: ScopeId, name: Ident<'a>, def: Def, loc: Loc) -> Result<()> {
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

    fn directive(&mut self, name: Ident<'a>, loc: Loc) {
        let name = self.mangled(name);
        self.cur().directives.push((name, loc));
    }

    fn enter_type_param_block(
        &mut self,
        params: &'a [TypeParam<'a>],
        defaults: bool,
        kwdefaults: bool,
        class: bool,
        loc: Loc,
    ) -> Result<()> {
        let in_class = self.cur_ref().kind == BlockType::Class;
        self.enter_block(BlockType::TypeParameters, Key::type_params(params), loc)?;
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

    fn conditionally(&mut self, step: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let before = std::mem::replace(&mut self.cur().in_conditional_block, true);
        let result = step(self);
        self.cur().in_conditional_block = before;
        result
    }

    fn stmts(&mut self, stmts: &'a [Stmt<'a>]) -> Result<()> {
        stmts.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &'a Stmt<'a>) -> Result<()> {
        with_stack(|| self.stmt_inner(stmt))
    }

    fn stmt_inner(&mut self, stmt: &'a Stmt<'a>) -> Result<()> {
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

    fn function_def(&mut self, def: &'a FunctionDef<'a>, loc: Loc) -> Result<()> {
        self.add_def(def.name, Def::LOCAL, loc)?;
        self.exprs(def.args.defaults)?;
        self.optionals(def.args.kw_defaults)?;
        self.exprs(def.decorators)?;
        let generic = !def.type_params.is_empty();
        if generic {
            let kwdefaults = def.args.kw_defaults.iter().any(Option::is_some);
            self.enter_type_param_block(
                def.type_params,
                // CPython declares it for every function.
                true,
                kwdefaults,
                false,
                loc,
            )?;
            self.type_params(def.type_params)?;
        }
        let block = self.new_block(BlockType::Function, Key::function(def));
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

    fn class_def(&mut self, def: &'a ClassDef<'a>, loc: Loc) -> Result<()> {
        self.add_def(def.name, Def::LOCAL, loc)?;
        self.exprs(def.decorators)?;
        let outer_class = self.class;
        let generic = !def.type_params.is_empty();
        if generic {
            self.enter_type_param_block(def.type_params, false, false, true, loc)?;
            self.class = Some(def.name);
            self.cur().mangled_names = Some(Default::default());
            self.type_params(def.type_params)?;
        }
        self.exprs(def.bases)?;
        self.keywords(def.keywords)?;
        self.enter_block(BlockType::Class, Key::class(def), loc)?;
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

    fn type_alias(&mut self, alias: &'a TypeAlias<'a>, loc: Loc) -> Result<()> {
        self.expr(alias.name)?;
        let in_class = self.cur_ref().kind == BlockType::Class;
        let generic = !alias.type_params.is_empty();
        if generic {
            self.enter_type_param_block(alias.type_params, false, false, false, loc)?;
            self.type_params(alias.type_params)?;
        }
        self.enter_block(BlockType::TypeAlias, Key::type_alias(alias), loc)?;
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

    fn ann_assign(&mut self, assign: &'a AnnAssign<'a>, loc: Loc) -> Result<()> {
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
    fn annotation(&mut self, annotation: &'a Expr<'a>) -> Result<()> {
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
    fn function_annotations(&mut self, def: &'a FunctionDef<'a>, loc: Loc) -> Result<()> {
        let block = self.cur_ref();
        let in_class = block.can_see_class_scope || block.kind == BlockType::Class;
        let args = def.args;
        let key = Key::function_annotations(args);
        self.enter_block(BlockType::Annotation, key, loc)?;
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

    fn arguments(&mut self, args: &'a Arguments<'a>) -> Result<()> {
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

    fn alias(&mut self, alias: &'a Alias<'a>) -> Result<()> {
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

    fn declare(&mut self, name: Ident<'a>, def: Def, what: &str, loc: Loc) -> Result<()> {
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

    fn allows_top_level_await(&self) -> bool {
        self.settings.allow_top_level_await && self.cur_ref().kind == BlockType::Module
    }

    fn check_coroutine(&mut self, message: &str, loc: Loc) -> Result<()> {
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
    fn in_async_def(&self) -> bool {
        let block = self.cur_ref();
        block.kind == BlockType::Function && block.coroutine
    }

    fn optional(&mut self, expr: Option<&'a Expr<'a>>) -> Result<()> {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    fn optionals(&mut self, exprs: &'a [Option<Expr<'a>>]) -> Result<()> {
        exprs.iter().flatten().try_for_each(|expr| self.expr(expr))
    }

    fn exprs(&mut self, exprs: &'a [Expr<'a>]) -> Result<()> {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    fn keywords(&mut self, keywords: &'a [Keyword<'a>]) -> Result<()> {
        for keyword in keywords {
            if let Some(name) = keyword.arg {
                self.check_name(name, keyword.loc, Ctx::Store)?;
            }
        }
        keywords
            .iter()
            .try_for_each(|keyword| self.expr(&keyword.value))
    }

    fn expr(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        with_stack(|| self.expr_inner(expr))
    }

    fn expr_inner(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        let loc = expr.loc;
        match expr.kind {
            ExprKind::NamedExpr { target, value } => {
                self.raise_if_annotation_block("named expression", loc)?;
                if self.cur_ref().comp_iter_expr > 0 {
                    return error(
                        "assignment expression cannot be used in a comprehension iterable expression",
                        loc,
                    );
                }
                if self.cur_ref().comprehension != super::Comprehension::No {
                    self.extend_namedexpr_scope(target)?;
                }
                self.expr(value)?;
                self.expr(target)?;
            }
            ExprKind::BoolOp { values, .. } => self.exprs(values)?,
            ExprKind::BinOp { left, right, .. } => {
                self.expr(left)?;
                self.expr(right)?;
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand)?,
            ExprKind::Lambda { args, body } => {
                self.exprs(args.defaults)?;
                self.optionals(args.kw_defaults)?;
                self.enter_block(BlockType::Function, Key::lambda(args), loc)?;
                self.arguments(args)?;
                self.expr(body)?;
                self.exit_block();
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)?;
            }
            ExprKind::Dict { keys, values } => {
                self.optionals(keys)?;
                self.exprs(values)?;
            }
            ExprKind::Set(elts) => self.exprs(elts)?,
            ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension(loc, super::Comprehension::Generator, generators, elt, None)?
            }
            ExprKind::ListComp { elt, generators } => {
                self.comprehension(loc, super::Comprehension::List, generators, elt, None)?
            }
            ExprKind::SetComp { elt, generators } => {
                self.comprehension(loc, super::Comprehension::Set, generators, elt, None)?
            }
            ExprKind::DictComp {
                key,
                value,
                generators,
            } => self.comprehension(
                loc,
                super::Comprehension::Dict,
                generators,
                key,
                Some(value),
            )?,
            ExprKind::Yield(value) => {
                self.raise_if_annotation_block("yield expression", loc)?;
                self.optional(value)?;
                self.cur().generator = true;
                self.raise_if_comprehension_block(loc)?;
            }
            ExprKind::YieldFrom(value) => {
                self.raise_if_annotation_block("yield expression", loc)?;
                self.expr(value)?;
                self.cur().generator = true;
                self.raise_if_comprehension_block(loc)?;
            }
            ExprKind::Await(value) => {
                self.raise_if_annotation_block("await expression", loc)?;
                if !self.allows_top_level_await() {
                    if !self.cur_ref().kind.is_function_like() {
                        return error("'await' outside function", loc);
                    }
                    if !self.in_async_def()
                        && self.cur_ref().comprehension == super::Comprehension::No
                    {
                        return error("'await' outside async function", loc);
                    }
                }
                self.expr(value)?;
                self.cur().coroutine = true;
            }
            ExprKind::Compare {
                left, comparators, ..
            } => {
                self.expr(left)?;
                self.exprs(comparators)?;
            }
            ExprKind::Call(call) => {
                self.expr(call.func)?;
                self.exprs(call.args)?;
                self.keywords(call.keywords)?;
            }
            ExprKind::FormattedValue {
                value, format_spec, ..
            } => {
                self.expr(value)?;
                self.optional(format_spec)?;
            }
            ExprKind::Interpolation(node) => {
                self.expr(node.value)?;
                self.optional(node.format_spec)?;
            }
            ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => self.exprs(values)?,
            ExprKind::Constant(..) => {}
            ExprKind::Attribute { value, attr, ctx } => {
                self.check_name(attr, loc, ctx)?;
                self.expr(value)?;
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                self.expr(slice)?;
            }
            ExprKind::Starred { value, .. } => self.expr(value)?,
            ExprKind::Slice { lower, upper, step } => {
                self.optional(lower)?;
                self.optional(upper)?;
                self.optional(step)?;
            }
            ExprKind::Name { id, ctx } => {
                if !self.cur_ref().in_unevaluated_annotation {
                    let def = if ctx == Ctx::Load {
                        Def::USE
                    } else {
                        Def::LOCAL
                    };
                    self.add_def_ctx(id, def, loc, ctx)?;
                    // `super` uses `__class__`.
                    if ctx == Ctx::Load && id == "super" && self.cur_ref().kind.is_function_like() {
                        self.add_def("__class__", Def::USE, loc)?;
                    }
                }
            }
            ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts)?,
        }
        Ok(())
    }

    /// An assignment expression in a comprehension binds in the nearest scope that is none.
    fn extend_namedexpr_scope(&mut self, target: &'a Expr<'a>) -> Result<()> {
        let ExprKind::Name { id, .. } = target.kind else {
            return Ok(());
        };
        let loc = target.loc;
        for scope in self.stack.clone().into_iter().rev() {
            let block = self.table.block(scope);
            let mangled = maybe_mangle(self.arena, self.class, block, id);
            let seen = block.symbol(mangled).def;
            if block.comprehension != super::Comprehension::No {
                if seen.contains(Def::COMP_ITER | Def::LOCAL) {
                    return error(
                        format!(
                            "assignment expression cannot rebind comprehension iteration variable '{id}'"
                        ),
                        loc,
                    );
                }
                continue;
            }
            match block.kind {
                BlockType::Function => {
                    let def = if seen.contains(Def::GLOBAL) {
                        Def::GLOBAL
                    } else {
                        Def::NONLOCAL
                    };
                    self.add_def(id, def, loc)?;
                    self.directive(id, loc);
                    return self.add_def_to(scope, id, Def::LOCAL, loc);
                }
                BlockType::Module => {
                    self.add_def(id, Def::GLOBAL, loc)?;
                    self.directive(id, loc);
                    return self.add_def_to(scope, id, Def::GLOBAL, loc);
                }
                BlockType::Class => {
                    return error(
                        "assignment expression within a comprehension cannot be used in a class body",
                        loc,
                    );
                }
                BlockType::TypeParameters => {
                    return error(
                        "assignment expression within a comprehension cannot be used within the definition of a generic",
                        loc,
                    );
                }
                BlockType::TypeAlias => {
                    return error(
                        "assignment expression within a comprehension cannot be used in a type alias",
                        loc,
                    );
                }
                BlockType::TypeVariable => {
                    return error(
                        "assignment expression within a comprehension cannot be used in a TypeVar bound",
                        loc,
                    );
                }
                BlockType::Annotation => {}
            }
        }
        Ok(())
    }

    fn comprehension(
        &mut self,
        loc: Loc,
        kind: super::Comprehension,
        generators: &'a [ast::Comprehension<'a>],
        elt: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
    ) -> Result<()> {
        let Some((outermost, rest)) = generators.split_first() else {
            return Ok(());
        };
        let is_generator = kind == super::Comprehension::Generator;
        // The outermost iterable belongs to the scope around.
        self.cur().comp_iter_expr += 1;
        self.expr(outermost.iter)?;
        self.cur().comp_iter_expr -= 1;
        self.enter_block(BlockType::Function, Key::comprehension(generators), loc)?;
        self.cur().comprehension = kind;
        if outermost.is_async {
            self.cur().coroutine = true;
        }
        self.add_def(".0", Def::PARAM, loc)?;
        self.cur().comp_iter_target = true;
        self.expr(outermost.target)?;
        self.cur().comp_iter_target = false;
        self.exprs(outermost.ifs)?;
        for generator in rest {
            self.cur().comp_iter_target = true;
            self.expr(generator.target)?;
            self.cur().comp_iter_target = false;
            self.cur().comp_iter_expr += 1;
            self.expr(generator.iter)?;
            self.cur().comp_iter_expr -= 1;
            self.exprs(generator.ifs)?;
            if generator.is_async {
                self.cur().coroutine = true;
            }
        }
        self.optional(value)?;
        self.expr(elt)?;
        self.cur().generator = is_generator;
        let is_async = self.cur_ref().coroutine && !is_generator;
        self.exit_block();
        if is_async {
            if !self.in_async_def()
                && self.cur_ref().comprehension == super::Comprehension::No
                && !self.allows_top_level_await()
            {
                return error(
                    "asynchronous comprehension outside of an asynchronous function",
                    loc,
                );
            }
            self.cur().coroutine = true;
        }
        Ok(())
    }

    fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result<()> {
        for param in params {
            self.add_def(param.name, Def::TYPE_PARAM | Def::LOCAL, param.loc)?;
            let (bound_info, default_info) = match param.kind {
                TypeParamKind::TypeVar => (
                    match param.bound {
                        Some(bound) if bound.is_tuple() => "a TypeVar constraint",
                        _ => "a TypeVar bound",
                    },
                    "a TypeVar default",
                ),
                TypeParamKind::TypeVarTuple => ("", "a TypeVarTuple default"),
                TypeParamKind::ParamSpec => ("", "a ParamSpec default"),
            };
            self.bound_or_default(param.bound, param, Key::bound(param), bound_info)?;
            self.bound_or_default(param.default, param, Key::default(param), default_info)?;
        }
        Ok(())
    }

    fn bound_or_default(
        &mut self,
        expr: Option<&'a Expr<'a>>,
        param: &'a TypeParam<'a>,
        key: Key,
        info: &'static str,
    ) -> Result<()> {
        if param.name == "__classdict__" {
            return error(
                format!(
                    "reserved name '{}' cannot be used for type parameter",
                    param.name
                ),
                param.loc,
            );
        }
        let Some(expr) = expr else { return Ok(()) };
        let in_class = self.cur_ref().can_see_class_scope;
        self.enter_block(BlockType::TypeVariable, key, expr.loc)?;
        self.cur().can_see_class_scope = in_class;
        if in_class {
            self.add_def("__classdict__", Def::USE, expr.loc)?;
        }
        self.cur().scope_info = info;
        self.expr(expr)?;
        self.exit_block();
        Ok(())
    }

    fn pattern(&mut self, pattern: &'a Pattern<'a>) -> Result<()> {
        with_stack(|| self.pattern_inner(pattern))
    }

    fn pattern_inner(&mut self, pattern: &'a Pattern<'a>) -> Result<()> {
        let loc = pattern.loc;
        match pattern.kind {
            PatternKind::MatchValue(value) => self.expr(value),
            PatternKind::MatchSingleton(_) => Ok(()),
            PatternKind::MatchSequence(patterns) | PatternKind::MatchOr(patterns) => patterns
                .iter()
                .try_for_each(|pattern| self.pattern(pattern)),
            PatternKind::MatchStar(name) => {
                name.map_or(Ok(()), |name| self.add_def(name, Def::LOCAL, loc))
            }
            PatternKind::MatchMapping {
                keys,
                patterns,
                rest,
            } => {
                self.exprs(keys)?;
                patterns
                    .iter()
                    .try_for_each(|pattern| self.pattern(pattern))?;
                rest.map_or(Ok(()), |name| self.add_def(name, Def::LOCAL, loc))
            }
            PatternKind::MatchClass(class) => {
                self.expr(class.cls)?;
                class
                    .patterns
                    .iter()
                    .try_for_each(|pattern| self.pattern(pattern))?;
                for (name, pattern) in class.kwd_attrs.iter().zip(class.kwd_patterns) {
                    self.check_name(name, pattern.loc, Ctx::Store)?;
                }
                class
                    .kwd_patterns
                    .iter()
                    .try_for_each(|pattern| self.pattern(pattern))
            }
            PatternKind::MatchAs { pattern, name } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern)?;
                }
                name.map_or(Ok(()), |name| self.add_def(name, Def::LOCAL, loc))
            }
        }
    }

    fn raise_if_annotation_block(&self, what: &str, loc: Loc) -> Result<()> {
        let block = self.cur_ref();
        match block.kind {
            BlockType::Annotation => {
                error(format!("{what} cannot be used within an annotation"), loc)
            }
            BlockType::TypeVariable => error(
                format!("{what} cannot be used within {}", block.scope_info),
                loc,
            ),
            BlockType::TypeAlias => {
                error(format!("{what} cannot be used within a type alias"), loc)
            }
            BlockType::TypeParameters => error(
                format!("{what} cannot be used within the definition of a generic"),
                loc,
            ),
            BlockType::Function | BlockType::Class | BlockType::Module => Ok(()),
        }
    }

    fn raise_if_comprehension_block(&self, loc: Loc) -> Result<()> {
        let what = match self.cur_ref().comprehension {
            super::Comprehension::No => return Ok(()),
            super::Comprehension::List => "list comprehension",
            super::Comprehension::Set => "set comprehension",
            super::Comprehension::Dict => "dict comprehension",
            super::Comprehension::Generator => "generator expression",
        };
        error(format!("'yield' inside {what}"), loc)
    }
}
