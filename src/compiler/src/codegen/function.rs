//! Functions, lambdas and classes.

use super::fblocks::FBlockKind;
use super::{Compiler, Counts, ScopeType};
use crate::ast::*;
use crate::error::Result;
use crate::instructions::Label;
use crate::symtable::{Key, Scope};
use std::sync::Arc;
use taipan_bytecode::{
    CfgOp, CodeObject, Const, FunctionAttribute, Intrinsic1, Intrinsic2, LocalKind, Text,
};

impl<'a> Compiler<'a> {
    /// Makes a function of a code object, with what its attributes need on the stack.
    pub(super) fn make_closure(
        &mut self,
        loc: Loc,
        code: Arc<CodeObject>,
        mut attributes: u32,
    ) -> Result<()> {
        let free: Vec<String> = code
            .localsplusnames
            .iter()
            .zip(&code.localspluskinds)
            .filter(|(_, kind)| kind.contains(LocalKind::FREE))
            .map(|(name, _)| name.to_string())
            .collect();
        if !free.is_empty() {
            for name in &free {
                let unit = self.unit_ref();
                let cells = unit.cellvars.len();
                let place = if self.ref_type(name) == Scope::Cell {
                    unit.cellvars.get_index_of(name.as_str())
                } else {
                    unit.freevars
                        .get_index_of(name.as_str())
                        .map(|index| cells + index)
                };
                let Some(index) = place else {
                    return self.error(format!("internal error: no variable '{name}'"), loc);
                };
                self.op_i(CfgOp::LOAD_CLOSURE, index, loc);
            }
            attributes |= FunctionAttribute::Closure as u32;
            self.op_i(CfgOp::BUILD_TUPLE, free.len(), loc);
        }
        self.load_const(Const::Code(code), loc);
        self.op(CfgOp::MAKE_FUNCTION, loc);
        for attribute in [
            FunctionAttribute::Closure,
            FunctionAttribute::Annotations,
            FunctionAttribute::Annotate,
            FunctionAttribute::KwDefaults,
            FunctionAttribute::Defaults,
        ] {
            if attributes & attribute as u32 != 0 {
                self.op_i(CfgOp::SET_FUNCTION_ATTRIBUTE, attribute as usize, loc);
            }
        }
        Ok(())
    }

    fn apply_decorators(&mut self, decorators: &'a [Expr<'a>]) {
        for decorator in decorators.iter().rev() {
            self.op_i(CfgOp::CALL, 0, decorator.loc);
        }
    }

    fn default_arguments(&mut self, args: &'a Arguments<'a>, loc: Loc) -> Result<u32> {
        let mut attributes = 0;
        if !args.defaults.is_empty() {
            self.exprs(args.defaults)?;
            self.op_i(CfgOp::BUILD_TUPLE, args.defaults.len(), loc);
            attributes |= FunctionAttribute::Defaults as u32;
        }
        let mut count = 0;
        for (arg, default) in args.kwonlyargs.iter().zip(args.kw_defaults) {
            if let Some(default) = default {
                let name = self.maybe_mangle(arg.arg);
                self.load_str(name, loc);
                self.expr(default)?;
                count += 1;
            }
        }
        if count > 0 {
            self.op_i(CfgOp::BUILD_MAP, count, loc);
            attributes |= FunctionAttribute::KwDefaults as u32;
        }
        Ok(attributes)
    }

    pub(super) fn function_def(&mut self, def: &'a FunctionDef<'a>, loc: Loc) -> Result<()> {
        self.exprs(def.decorators)?;
        let firstlineno = def
            .decorators
            .first()
            .map_or(loc.line, |first| first.loc.line);
        let mut attributes = self.default_arguments(def.args, loc)?;
        let generic = !def.type_params.is_empty();
        let type_args = (attributes & FunctionAttribute::Defaults as u32).count_ones() as usize
            + (attributes & FunctionAttribute::KwDefaults as u32).count_ones() as usize;
        if generic {
            if type_args == 2 {
                self.op_i(CfgOp::SWAP, 2, loc);
            }
            let name = self
                .arena
                .str(&format!("<generic parameters of {}>", def.name));
            let key = Key::type_params(def.type_params);
            let counts = Counts {
                args: type_args,
                ..Counts::default()
            };
            self.enter_scope(name, ScopeType::Annotations, key, firstlineno, None, counts)?;
            self.type_params(def.type_params)?;
            for index in 0..type_args {
                self.op_i(CfgOp::LOAD_FAST, index, loc);
            }
        }
        attributes |= self.function_annotations(def, loc)?;
        self.function_body(def, loc, attributes, firstlineno)?;
        if generic {
            self.op_i(CfgOp::SWAP, 2, loc);
            let set = Intrinsic2::SetFunctionTypeParams as usize;
            self.op_i(CfgOp::CALL_INTRINSIC_2, set, loc);
            let code = self.leave_scope(false)?;
            self.make_closure(loc, code, 0)?;
            if type_args > 0 {
                self.op_i(CfgOp::SWAP, type_args + 1, loc);
                self.op_i(CfgOp::CALL, type_args - 1, loc);
            } else {
                self.op(CfgOp::PUSH_NULL, loc);
                self.op_i(CfgOp::CALL, 0, loc);
            }
        }
        self.apply_decorators(def.decorators);
        self.name_op(loc, def.name, Ctx::Store)
    }

    fn function_body(
        &mut self,
        def: &'a FunctionDef<'a>,
        loc: Loc,
        attributes: u32,
        firstlineno: i32,
    ) -> Result<()> {
        let counts = Counts {
            args: def.args.args.len(),
            posonly: def.args.posonlyargs.len(),
            kwonly: def.args.kwonlyargs.len(),
        };
        let scope_type = if def.is_async {
            ScopeType::AsyncFunction
        } else {
            ScopeType::Function
        };
        self.enter_scope(
            def.name,
            scope_type,
            Key::function(def),
            firstlineno,
            None,
            counts,
        )?;
        let mut body = def.body;
        if self.block().has_docstring
            && let Some((text, _)) = docstring(body)
        {
            body = &body[1..];
            let text = clean_doc(text);
            self.unit().consts.add(Const::Str(text));
        }
        let start = self.label();
        self.use_label(start);
        let wrapped = self.block().coroutine || self.block().generator;
        if wrapped {
            self.push_fblock(Loc::NONE, FBlockKind::StopIteration, start, Label::NONE)?;
        }
        self.stmts(body)?;
        if wrapped {
            self.wrap_in_stopiteration_handler();
            self.pop_fblock();
        }
        let code = self.leave_scope(true)?;
        self.make_closure(loc, code, attributes)
    }

    /// A StopIteration that leaves a generator becomes a RuntimeError.
    pub(super) fn wrap_in_stopiteration_handler(&mut self) {
        let handler = self.label();
        self.unit()
            .seq
            .insert_first(CfgOp::SETUP_CLEANUP, handler.0, Loc::NONE);
        self.load_none(Loc::NONE);
        self.op(CfgOp::RETURN_VALUE, Loc::NONE);
        self.use_label(handler);
        let convert = Intrinsic1::StopIterationError as usize;
        self.op_i(CfgOp::CALL_INTRINSIC_1, convert, Loc::NONE);
        self.op_i(CfgOp::RERAISE, 1, Loc::NONE);
    }

    pub(super) fn lambda(
        &mut self,
        args: &'a Arguments<'a>,
        body: &'a Expr<'a>,
        loc: Loc,
    ) -> Result<()> {
        let attributes = self.default_arguments(args, loc)?;
        let counts = Counts {
            args: args.args.len(),
            posonly: args.posonlyargs.len(),
            kwonly: args.kwonlyargs.len(),
        };
        let key = Key::lambda(args);
        self.enter_scope("<lambda>", ScopeType::Lambda, key, loc.line, None, counts)?;
        self.expr(body)?;
        let code = if self.block().generator {
            self.leave_scope(false)?
        } else {
            self.op(CfgOp::RETURN_VALUE, body.loc);
            self.leave_scope(true)?
        };
        self.make_closure(loc, code, attributes)
    }

    pub(super) fn class_def(&mut self, def: &'a ClassDef<'a>, loc: Loc) -> Result<()> {
        self.exprs(def.decorators)?;
        let firstlineno = def
            .decorators
            .first()
            .map_or(loc.line, |first| first.loc.line);
        let generic = !def.type_params.is_empty();
        if generic {
            let name = self
                .arena
                .str(&format!("<generic parameters of {}>", def.name));
            let key = Key::type_params(def.type_params);
            let counts = Counts::default();
            let private = Some(def.name);
            self.enter_scope(
                name,
                ScopeType::Annotations,
                key,
                firstlineno,
                private,
                counts,
            )?;
            self.type_params(def.type_params)?;
            self.name_op(loc, ".type_params", Ctx::Store)?;
        }
        self.class_body(def, loc, firstlineno)?;
        if generic {
            self.name_op(loc, ".type_params", Ctx::Load)?;
            let subscript = Intrinsic1::SubscriptGeneric as usize;
            self.op_i(CfgOp::CALL_INTRINSIC_1, subscript, loc);
            self.name_op(loc, ".generic_base", Ctx::Store)?;
            self.call_helper(loc, 2, def.bases, Some(".generic_base"), def.keywords)?;
            let code = self.leave_scope(false)?;
            self.make_closure(loc, code, 0)?;
            self.op(CfgOp::PUSH_NULL, loc);
            self.op_i(CfgOp::CALL, 0, loc);
        } else {
            self.call_helper(loc, 2, def.bases, None, def.keywords)?;
        }
        self.apply_decorators(def.decorators);
        self.name_op(loc, def.name, Ctx::Store)
    }

    /// The body as a function, and what `__build_class__` needs before the bases.
    fn class_body(&mut self, def: &'a ClassDef<'a>, stmt: Loc, firstlineno: i32) -> Result<()> {
        self.enter_scope(
            def.name,
            ScopeType::Class,
            Key::class(def),
            firstlineno,
            Some(def.name),
            Counts::default(),
        )?;
        let loc = Loc::new(firstlineno, firstlineno, 0, 0);
        self.name_op(loc, "__name__", Ctx::Load)?;
        self.name_op(loc, "__module__", Ctx::Store)?;
        let qualname = self.unit_ref().qualname.clone();
        self.load_str(&qualname, loc);
        self.name_op(loc, "__qualname__", Ctx::Store)?;
        self.load_int(firstlineno.max(0) as usize, loc);
        self.name_op(loc, "__firstlineno__", Ctx::Store)?;
        if !def.type_params.is_empty() {
            self.name_op(loc, ".type_params", Ctx::Load)?;
            self.name_op(loc, "__type_params__", Ctx::Store)?;
        }
        if self.block().needs_classdict {
            self.op(CfgOp::LOAD_LOCALS, loc);
            self.store_cell("__classdict__", loc);
        }
        if self.block().has_conditional_annotations {
            self.op_i(CfgOp::BUILD_SET, 0, loc);
            self.store_cell("__conditional_annotations__", loc);
        }
        self.body(loc, def.body, false)?;
        let attributes: Vec<_> = self.unit_ref().static_attributes.iter().copied().collect();
        self.load_names(attributes.into_iter(), Loc::NONE);
        self.name_op(Loc::NONE, "__static_attributes__", Ctx::Store)?;
        if self.block().needs_classdict {
            self.load_cell("__classdict__");
            self.name_op(Loc::NONE, "__classdictcell__", Ctx::Store)?;
        }
        if self.block().needs_class_closure {
            self.load_cell("__class__");
            self.op_i(CfgOp::COPY, 1, Loc::NONE);
            self.name_op(Loc::NONE, "__classcell__", Ctx::Store)?;
        } else {
            self.load_none(Loc::NONE);
        }
        self.op(CfgOp::RETURN_VALUE, Loc::NONE);
        let code = self.leave_scope(true)?;
        self.op(CfgOp::LOAD_BUILD_CLASS, stmt);
        self.op(CfgOp::PUSH_NULL, stmt);
        self.make_closure(stmt, code, 0)?;
        self.load_str(def.name, stmt);
        Ok(())
    }

    fn store_cell(&mut self, name: Ident<'a>, loc: Loc) {
        let index = self.unit().cellvars.insert_full(name).0;
        self.op_i(CfgOp::STORE_DEREF, index, loc);
    }

    fn load_cell(&mut self, name: Ident<'a>) {
        let index = self.unit().cellvars.insert_full(name).0;
        self.op_i(CfgOp::LOAD_CLOSURE, index, Loc::NONE);
    }
}

/// A docstring without the indentation that its lines share, tabs expanded. Blank lines at its start
/// and end stay.
pub(super) fn clean_doc(doc: &Text) -> Text {
    let points: Vec<u32> = doc.code_points().collect();
    let expanded = expand_tabs(&points);
    let lines: Vec<&[u32]> = expanded.split(|point| *point == u32::from('\n')).collect();
    let indent = |line: &[u32]| {
        line.iter()
            .take_while(|point| **point == u32::from(' '))
            .count()
    };
    let margin = lines[1..]
        .iter()
        .map(|line| (indent(line), line.len()))
        .filter(|(indent, len)| indent < len)
        .map(|(indent, _)| indent)
        .min()
        .unwrap_or(0);
    if indent(lines[0]) == 0 && margin == 0 {
        return Text::from_code_points(expanded);
    }
    let mut cleaned = Vec::with_capacity(expanded.len());
    for (index, line) in lines.iter().enumerate() {
        let cut = if index == 0 {
            indent(line)
        } else {
            margin.min(indent(line))
        };
        if index > 0 {
            cleaned.push(u32::from('\n'));
        }
        cleaned.extend_from_slice(&line[cut..]);
    }
    Text::from_code_points(cleaned)
}

fn expand_tabs(points: &[u32]) -> Vec<u32> {
    let mut expanded = Vec::with_capacity(points.len());
    let mut column = 0;
    for point in points {
        match char::from_u32(*point) {
            Some('\t') => {
                let spaces = 8 - column % 8;
                expanded.extend(std::iter::repeat_n(u32::from(' '), spaces));
                column += spaces;
            }
            Some('\n' | '\r') => {
                expanded.push(*point);
                column = 0;
            }
            _ => {
                expanded.push(*point);
                column += 1;
            }
        }
    }
    expanded
}
