//! The one table of opcodes, and what derives from it: numbers, names, operand kinds, inline caches,
//! stack effects, the generic form of specialized and instrumented instructions.
//!
//! Numbers are CPython 3.14's. A row is `number NAME operand caches |n| (popped, pushed) "doc"`.
//! Nothing else in the project may keep a list of opcodes: match exhaustively instead, so that a new
//! row fails to compile wherever it isn't handled.

/// What the operand of an instruction means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Ignored.
    None,
    /// A count, a flag or an index of a fixed table.
    Plain,
    /// Index into `co_consts`.
    Const,
    /// Index into `co_names`, possibly shifted; see [`Opcode::name_index`].
    Name,
    /// Index into `co_localsplusnames`.
    Local,
    /// Two indices into `co_localsplusnames`, four bits each.
    LocalPair,
    /// Index into `co_localsplusnames` of a cell or free variable.
    Free,
    /// Distance of a jump in code units, from behind the inline caches.
    Jump,
    /// Compiler only: the handler of a block.
    Handler,
}

macro_rules! opcodes {
    (
        base { $($bn:literal $b:ident $bo:ident $bc:literal $be:expr, $bd:literal;)* }
        specialized { $($sn:literal $s:ident of $sp:ident;)* }
        instrumented { $($in:literal $i:ident of $ip:ident;)* }
        pseudo { $($pn:literal $p:ident $po:ident $pe:expr, $pd:literal;)* }
    ) => {
        /// An instruction as it stands in code: base, specialized or instrumented.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Opcode {
            $(#[doc = $bd] $b = $bn,)*
            $(#[doc = concat!("Specialized `", stringify!($sp), "`.")] $s = $sn,)*
            $(#[doc = concat!("Instrumented `", stringify!($ip), "`.")] $i = $in,)*
        }

        impl Opcode {
            /// Every opcode, base ones first.
            pub const ALL: &'static [Opcode] =
                &[$(Opcode::$b,)* $(Opcode::$s,)* $(Opcode::$i,)*];

            #[inline]
            pub const fn from_u8(number: u8) -> Option<Opcode> {
                match number {
                    $($bn => Some(Opcode::$b),)*
                    $($sn => Some(Opcode::$s),)*
                    $($in => Some(Opcode::$i),)*
                    _ => None,
                }
            }

            /// CPython's name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Opcode::$b => stringify!($b),)*
                    $(Opcode::$s => stringify!($s),)*
                    $(Opcode::$i => stringify!($i),)*
                }
            }

            /// The generic instruction: a specialized one's family, an instrumented one's original.
            /// `INSTRUMENTED_LINE`, `INSTRUMENTED_INSTRUCTION` and `ENTER_EXECUTOR` hide an
            /// instruction that only the frame's side tables know; they give themselves.
            #[inline]
            pub const fn deopt(self) -> Opcode {
                match self {
                    $(Opcode::$b => Opcode::$b,)*
                    $(Opcode::$s => Opcode::$sp,)*
                    $(Opcode::$i => Opcode::$ip,)*
                }
            }

            /// What the operand means; specialized forms share that of their family.
            pub const fn operand(self) -> Operand {
                match self.deopt() {
                    $(Opcode::$b => Operand::$bo,)*
                    _ => Operand::Plain,
                }
            }

            /// Number of inline-cache code units that follow.
            #[inline]
            pub const fn caches(self) -> usize {
                match self.deopt() {
                    $(Opcode::$b => $bc,)*
                    _ => 0,
                }
            }

            /// How many values it pops and pushes with this operand. A jump taken has the same
            /// effect as one not taken.
            pub fn pops_pushes(self, oparg: u32) -> (i64, i64) {
                let oparg = i64::from(oparg);
                match self.deopt() {
                    $(Opcode::$b => { let effect: fn(i64) -> (i64, i64) = $be; effect(oparg) })*
                    _ => (0, 0),
                }
            }

            /// One line on what it does.
            pub const fn doc(self) -> &'static str {
                match self.deopt() {
                    $(Opcode::$b => $bd,)*
                    _ => "Looks its original instruction up in a side table.",
                }
            }
        }

        /// An instruction of the compiler's control-flow graph: base ones, and pseudo-instructions
        /// that the assembler never sees.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum CfgOp {
            $(#[doc = $bd] $b = $bn,)*
            $(#[doc = $pd] $p = $pn,)*
        }

        impl CfgOp {
            /// The real instruction, unless it is a pseudo-instruction.
            pub const fn real(self) -> Option<Opcode> {
                match self {
                    $(CfgOp::$b => Some(Opcode::$b),)*
                    $(CfgOp::$p => None,)*
                }
            }

            pub const fn from_number(number: u16) -> Option<CfgOp> {
                match number {
                    $($bn => Some(CfgOp::$b),)*
                    $($pn => Some(CfgOp::$p),)*
                    _ => None,
                }
            }

            pub const fn name(self) -> &'static str {
                match self {
                    $(CfgOp::$b => stringify!($b),)*
                    $(CfgOp::$p => stringify!($p),)*
                }
            }

            pub const fn operand(self) -> Operand {
                match self {
                    $(CfgOp::$b => Operand::$bo,)*
                    $(CfgOp::$p => Operand::$po,)*
                }
            }

            /// How many values it pops and pushes. `jump`: on the way to its target, which counts
            /// only for `SETUP_FINALLY` and its like.
            pub fn pops_pushes(self, oparg: u32, jump: bool) -> (i64, i64) {
                match self {
                    $(CfgOp::$b => Opcode::$b.pops_pushes(oparg),)*
                    $(CfgOp::$p => { let effect: fn(bool) -> (i64, i64) = $pe; effect(jump) })*
                }
            }
        }
    };
}

opcodes! {
    base {
        0 CACHE None 0 |_| (0, 0), "Room of an inline cache; never executed.";
        1 BINARY_SLICE None 0 |_| (3, 1), "Pushes `container[start:stop]`.";
        2 BUILD_TEMPLATE None 0 |_| (2, 1), "Builds a template string from its strings and interpolations tuples.";
        4 CALL_FUNCTION_EX None 0 |_| (4, 1), "Calls with positional arguments from an iterable and keywords from a mapping or NULL.";
        5 CHECK_EG_MATCH None 0 |_| (2, 2), "`except*`: splits the exception group into the rest and the match.";
        6 CHECK_EXC_MATCH None 0 |_| (2, 2), "`except`: pushes whether the exception below matches the type on top.";
        7 CLEANUP_THROW None 0 |_| (3, 2), "Handles an exception raised by `throw()` or `close()` during `yield from` or `await`.";
        8 DELETE_SUBSCR None 0 |_| (2, 0), "`del container[key]`.";
        9 END_FOR None 0 |_| (1, 0), "Pops the NULL left by an exhausted iterator.";
        10 END_SEND None 0 |_| (2, 1), "Removes the receiver below the result of a `SEND` loop.";
        11 EXIT_INIT_CHECK None 0 |_| (1, 0), "Checks that `__init__` returned None.";
        12 FORMAT_SIMPLE None 0 |_| (1, 1), "`format(value)` for f-strings.";
        13 FORMAT_WITH_SPEC None 0 |_| (2, 1), "`format(value, spec)` for f-strings.";
        14 GET_AITER None 0 |_| (1, 1), "`__aiter__` of the top of the stack.";
        15 GET_ANEXT None 0 |_| (1, 2), "Pushes the awaitable of the asynchronous iterator's `__anext__`.";
        16 GET_ITER None 0 |_| (1, 1), "`iter()` of the top of the stack.";
        18 GET_LEN None 0 |_| (1, 2), "Pushes `len()` of the top of the stack.";
        19 GET_YIELD_FROM_ITER None 0 |_| (1, 1), "Iterator for `yield from`; generators and coroutines are their own.";
        20 INTERPRETER_EXIT None 0 |_| (1, 0), "Returns to the native caller of the evaluation loop.";
        21 LOAD_BUILD_CLASS None 0 |_| (0, 1), "Pushes `builtins.__build_class__`.";
        22 LOAD_LOCALS None 0 |_| (0, 1), "Pushes the mapping of local names.";
        23 MAKE_FUNCTION None 0 |_| (1, 1), "Makes a function of a code object.";
        24 MATCH_KEYS None 0 |_| (2, 3), "Pushes the tuple of values for the keys on top, or None.";
        25 MATCH_MAPPING None 0 |_| (1, 2), "Pushes whether the subject is a mapping.";
        26 MATCH_SEQUENCE None 0 |_| (1, 2), "Pushes whether the subject is a sequence for patterns.";
        27 NOP None 0 |_| (0, 0), "Does nothing; carries a line number.";
        28 NOT_TAKEN None 0 |_| (0, 0), "Does nothing; marks the fall-through side of a branch for monitoring.";
        29 POP_EXCEPT None 0 |_| (1, 0), "Restores the previously handled exception.";
        30 POP_ITER None 0 |_| (1, 0), "Pops the iterator of a finished loop.";
        31 POP_TOP None 0 |_| (1, 0), "Pops one value.";
        32 PUSH_EXC_INFO None 0 |_| (1, 2), "Makes the exception on top the handled one, with the previous below it.";
        33 PUSH_NULL None 0 |_| (0, 1), "Pushes NULL, the absent `self` of a call.";
        34 RETURN_GENERATOR None 0 |_| (0, 1), "Makes a generator of this frame and returns it to the caller.";
        35 RETURN_VALUE None 0 |_| (1, 1), "Returns the top of the stack.";
        36 SETUP_ANNOTATIONS None 0 |_| (0, 0), "Creates `__annotations__` in the local names if absent.";
        37 STORE_SLICE None 0 |_| (4, 0), "`container[start:stop] = value`.";
        38 STORE_SUBSCR None 1 |_| (3, 0), "`container[key] = value`.";
        39 TO_BOOL None 3 |_| (1, 1), "Truth of the top of the stack.";
        40 UNARY_INVERT None 0 |_| (1, 1), "`~value`.";
        41 UNARY_NEGATIVE None 0 |_| (1, 1), "`-value`.";
        42 UNARY_NOT None 0 |_| (1, 1), "`not value`, of an exact bool.";
        43 WITH_EXCEPT_START None 0 |_| (5, 6), "Calls the exit function of a `with` block with the exception.";
        44 BINARY_OP Plain 5 |_| (2, 1), "Binary or in-place operator, or subscript; see `BinaryOp`.";
        45 BUILD_INTERPOLATION Plain 0 |n| (2 + (n & 1), 1), "Builds an interpolation of a template string; bit 0: with format spec, rest: conversion.";
        46 BUILD_LIST Plain 0 |n| (n, 1), "Builds a list of n values.";
        47 BUILD_MAP Plain 0 |n| (2 * n, 1), "Builds a dict of n keys and values.";
        48 BUILD_SET Plain 0 |n| (n, 1), "Builds a set of n values.";
        49 BUILD_SLICE Plain 0 |n| (n, 1), "Builds a slice of two or three values.";
        50 BUILD_STRING Plain 0 |n| (n, 1), "Concatenates n strings.";
        51 BUILD_TUPLE Plain 0 |n| (n, 1), "Builds a tuple of n values.";
        52 CALL Plain 3 |n| (2 + n, 1), "Calls with n positional arguments, below them `self` or NULL and the callable.";
        53 CALL_INTRINSIC_1 Plain 0 |_| (1, 1), "Calls an `Intrinsic1` function.";
        54 CALL_INTRINSIC_2 Plain 0 |_| (2, 1), "Calls an `Intrinsic2` function.";
        55 CALL_KW Plain 3 |n| (3 + n, 1), "Calls with n arguments, the last of them named by the tuple on top.";
        56 COMPARE_OP Plain 1 |_| (2, 1), "Comparison; see `CompareOp` for the operand's bits.";
        57 CONTAINS_OP Plain 1 |_| (2, 1), "`in`, or `not in` if the operand is 1.";
        58 CONVERT_VALUE Plain 0 |_| (1, 1), "`str()`, `repr()` or `ascii()` for f-strings.";
        59 COPY Plain 0 |n| (n, n + 1), "Pushes a copy of the n-th value from the top.";
        60 COPY_FREE_VARS Plain 0 |_| (0, 0), "Copies the closure's n cells into the frame.";
        61 DELETE_ATTR Name 0 |_| (1, 0), "`del owner.name`.";
        62 DELETE_DEREF Free 0 |_| (0, 0), "Empties a cell.";
        63 DELETE_FAST Local 0 |_| (0, 0), "Unbinds a local variable.";
        64 DELETE_GLOBAL Name 0 |_| (0, 0), "Deletes a global name.";
        65 DELETE_NAME Name 0 |_| (0, 0), "Deletes a name of the local mapping.";
        66 DICT_MERGE Plain 0 |n| (n + 4, n + 3), "Merges keyword arguments into a dict; duplicates raise.";
        67 DICT_UPDATE Plain 0 |n| (n + 1, n), "`dict.update` of the dict n below.";
        68 END_ASYNC_FOR Jump 0 |_| (2, 0), "Ends an `async for` if the exception is StopAsyncIteration; the operand leads to the SEND.";
        69 EXTENDED_ARG Plain 0 |_| (0, 0), "Gives the next instruction eight more operand bits.";
        70 FOR_ITER Jump 1 |_| (1, 2), "Pushes the next value, or jumps when the iterator is exhausted.";
        71 GET_AWAITABLE Plain 0 |_| (1, 1), "`__await__` of the top of the stack.";
        72 IMPORT_FROM Name 0 |_| (1, 2), "Pushes an attribute or submodule of the module on top.";
        73 IMPORT_NAME Name 0 |_| (2, 1), "Imports a module by level, from-list and name.";
        74 IS_OP Plain 0 |_| (2, 1), "`is`, or `is not` if the operand is 1.";
        75 JUMP_BACKWARD Jump 1 |_| (0, 0), "Jumps backwards, polling the eval breaker.";
        76 JUMP_BACKWARD_NO_INTERRUPT Jump 0 |_| (0, 0), "Jumps backwards without a poll.";
        77 JUMP_FORWARD Jump 0 |_| (0, 0), "Jumps forwards.";
        78 LIST_APPEND Plain 0 |n| (n + 1, n), "Appends to the list n below.";
        79 LIST_EXTEND Plain 0 |n| (n + 1, n), "Extends the list n below.";
        80 LOAD_ATTR Name 9 |n| (1, 1 + (n & 1)), "Loads an attribute; bit 0: as a method, with `self` or NULL; name index in the rest.";
        81 LOAD_COMMON_CONSTANT Plain 0 |_| (0, 1), "Pushes a `CommonConstant`.";
        82 LOAD_CONST Const 0 |_| (0, 1), "Pushes a constant.";
        83 LOAD_DEREF Free 0 |_| (0, 1), "Pushes the contents of a cell.";
        84 LOAD_FAST Local 0 |_| (0, 1), "Pushes a local variable that is known to be bound.";
        85 LOAD_FAST_AND_CLEAR Local 0 |_| (0, 1), "Pushes a local variable or NULL and unbinds it.";
        86 LOAD_FAST_BORROW Local 0 |_| (0, 1), "Pushes a borrowed reference to a local variable.";
        87 LOAD_FAST_BORROW_LOAD_FAST_BORROW LocalPair 0 |_| (0, 2), "Two `LOAD_FAST_BORROW`, four bits each.";
        88 LOAD_FAST_CHECK Local 0 |_| (0, 1), "Pushes a local variable or raises UnboundLocalError.";
        89 LOAD_FAST_LOAD_FAST LocalPair 0 |_| (0, 2), "Two `LOAD_FAST`, four bits each.";
        90 LOAD_FROM_DICT_OR_DEREF Free 0 |_| (1, 1), "Pushes a name from the mapping on top or else from a cell.";
        91 LOAD_FROM_DICT_OR_GLOBALS Name 0 |_| (1, 1), "Pushes a name from the mapping on top or else from globals or builtins.";
        92 LOAD_GLOBAL Name 4 |n| (0, 1 + (n & 1)), "Pushes a global or builtin; bit 0: and NULL; name index in the rest.";
        93 LOAD_NAME Name 0 |_| (0, 1), "Pushes a name from locals, globals or builtins.";
        94 LOAD_SMALL_INT Plain 0 |_| (0, 1), "Pushes the int that is the operand.";
        95 LOAD_SPECIAL Plain 0 |_| (1, 2), "Looks up a `SpecialMethod` on the type; pushes function and `self` or NULL.";
        96 LOAD_SUPER_ATTR Name 1 |n| (3, 1 + (n & 1)), "Attribute of `super()`; bit 0: as a method, bit 1: with arguments; name index in the rest.";
        97 MAKE_CELL Free 0 |_| (0, 0), "Makes a cell in a local slot, from its argument if any.";
        98 MAP_ADD Plain 0 |n| (n + 2, n), "Adds key and value to the dict n below.";
        99 MATCH_CLASS Plain 0 |_| (3, 1), "Pushes the tuple of attributes of a class pattern, or None.";
        100 POP_JUMP_IF_FALSE Jump 1 |_| (1, 0), "Jumps if the exact bool on top is False.";
        101 POP_JUMP_IF_NONE Jump 1 |_| (1, 0), "Jumps if the top is None.";
        102 POP_JUMP_IF_NOT_NONE Jump 1 |_| (1, 0), "Jumps if the top is not None.";
        103 POP_JUMP_IF_TRUE Jump 1 |_| (1, 0), "Jumps if the exact bool on top is True.";
        104 RAISE_VARARGS Plain 0 |n| (n, 0), "`raise`, with n of exception and cause.";
        105 RERAISE Plain 0 |n| (1 + n, n), "Raises the exception on top again; a non-zero operand restores `lasti`.";
        106 SEND Jump 1 |_| (2, 2), "Sends the top to the receiver below; jumps when it returns.";
        107 SET_ADD Plain 0 |n| (n + 1, n), "Adds to the set n below.";
        108 SET_FUNCTION_ATTRIBUTE Plain 0 |_| (2, 1), "Sets one of a new function's attributes; see `FunctionAttribute`.";
        109 SET_UPDATE Plain 0 |n| (n + 1, n), "`set.update` of the set n below.";
        110 STORE_ATTR Name 4 |_| (2, 0), "`owner.name = value`.";
        111 STORE_DEREF Free 0 |_| (1, 0), "Stores into a cell.";
        112 STORE_FAST Local 0 |_| (1, 0), "Stores into a local variable.";
        113 STORE_FAST_LOAD_FAST LocalPair 0 |_| (1, 1), "`STORE_FAST` and `LOAD_FAST`, four bits each.";
        114 STORE_FAST_STORE_FAST LocalPair 0 |_| (2, 0), "Two `STORE_FAST`, four bits each.";
        115 STORE_GLOBAL Name 0 |_| (1, 0), "Stores a global name.";
        116 STORE_NAME Name 0 |_| (1, 0), "Stores into the local mapping.";
        117 SWAP Plain 0 |n| (n, n), "Exchanges the top with the n-th value from the top.";
        118 UNPACK_EX Plain 0 |n| (1, 1 + (n & 0xFF) + (n >> 8)), "Unpacks with a starred target: low byte values before it, the rest after it.";
        119 UNPACK_SEQUENCE Plain 1 |n| (1, n), "Unpacks into exactly n values.";
        120 YIELD_VALUE Plain 0 |_| (1, 1), "Yields the top; operand 1: inside `yield from` or `await`.";
        128 RESUME Plain 0 |_| (0, 0), "Start of a function, or point of resumption; see `ResumeKind`.";
        17 RESERVED None 0 |_| (0, 0), "Not used.";
        255 ENTER_EXECUTOR Plain 0 |_| (0, 0), "Enters compiled code at a loop.";
        254 INSTRUMENTED_LINE None 0 |_| (0, 0), "Line event; the original is in a side table.";
        238 INSTRUMENTED_INSTRUCTION None 0 |_| (0, 0), "Instruction event; the original is in a side table.";
    }
    specialized {
        3 BINARY_OP_INPLACE_ADD_UNICODE of BINARY_OP;
        129 BINARY_OP_ADD_FLOAT of BINARY_OP;
        130 BINARY_OP_ADD_INT of BINARY_OP;
        131 BINARY_OP_ADD_UNICODE of BINARY_OP;
        132 BINARY_OP_EXTEND of BINARY_OP;
        133 BINARY_OP_MULTIPLY_FLOAT of BINARY_OP;
        134 BINARY_OP_MULTIPLY_INT of BINARY_OP;
        135 BINARY_OP_SUBSCR_DICT of BINARY_OP;
        136 BINARY_OP_SUBSCR_GETITEM of BINARY_OP;
        137 BINARY_OP_SUBSCR_LIST_INT of BINARY_OP;
        138 BINARY_OP_SUBSCR_LIST_SLICE of BINARY_OP;
        139 BINARY_OP_SUBSCR_STR_INT of BINARY_OP;
        140 BINARY_OP_SUBSCR_TUPLE_INT of BINARY_OP;
        141 BINARY_OP_SUBTRACT_FLOAT of BINARY_OP;
        142 BINARY_OP_SUBTRACT_INT of BINARY_OP;
        143 CALL_ALLOC_AND_ENTER_INIT of CALL;
        144 CALL_BOUND_METHOD_EXACT_ARGS of CALL;
        145 CALL_BOUND_METHOD_GENERAL of CALL;
        146 CALL_BUILTIN_CLASS of CALL;
        147 CALL_BUILTIN_FAST of CALL;
        148 CALL_BUILTIN_FAST_WITH_KEYWORDS of CALL;
        149 CALL_BUILTIN_O of CALL;
        150 CALL_ISINSTANCE of CALL;
        151 CALL_KW_BOUND_METHOD of CALL_KW;
        152 CALL_KW_NON_PY of CALL_KW;
        153 CALL_KW_PY of CALL_KW;
        154 CALL_LEN of CALL;
        155 CALL_LIST_APPEND of CALL;
        156 CALL_METHOD_DESCRIPTOR_FAST of CALL;
        157 CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS of CALL;
        158 CALL_METHOD_DESCRIPTOR_NOARGS of CALL;
        159 CALL_METHOD_DESCRIPTOR_O of CALL;
        160 CALL_NON_PY_GENERAL of CALL;
        161 CALL_PY_EXACT_ARGS of CALL;
        162 CALL_PY_GENERAL of CALL;
        163 CALL_STR_1 of CALL;
        164 CALL_TUPLE_1 of CALL;
        165 CALL_TYPE_1 of CALL;
        166 COMPARE_OP_FLOAT of COMPARE_OP;
        167 COMPARE_OP_INT of COMPARE_OP;
        168 COMPARE_OP_STR of COMPARE_OP;
        169 CONTAINS_OP_DICT of CONTAINS_OP;
        170 CONTAINS_OP_SET of CONTAINS_OP;
        171 FOR_ITER_GEN of FOR_ITER;
        172 FOR_ITER_LIST of FOR_ITER;
        173 FOR_ITER_RANGE of FOR_ITER;
        174 FOR_ITER_TUPLE of FOR_ITER;
        175 JUMP_BACKWARD_JIT of JUMP_BACKWARD;
        176 JUMP_BACKWARD_NO_JIT of JUMP_BACKWARD;
        177 LOAD_ATTR_CLASS of LOAD_ATTR;
        178 LOAD_ATTR_CLASS_WITH_METACLASS_CHECK of LOAD_ATTR;
        179 LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN of LOAD_ATTR;
        180 LOAD_ATTR_INSTANCE_VALUE of LOAD_ATTR;
        181 LOAD_ATTR_METHOD_LAZY_DICT of LOAD_ATTR;
        182 LOAD_ATTR_METHOD_NO_DICT of LOAD_ATTR;
        183 LOAD_ATTR_METHOD_WITH_VALUES of LOAD_ATTR;
        184 LOAD_ATTR_MODULE of LOAD_ATTR;
        185 LOAD_ATTR_NONDESCRIPTOR_NO_DICT of LOAD_ATTR;
        186 LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES of LOAD_ATTR;
        187 LOAD_ATTR_PROPERTY of LOAD_ATTR;
        188 LOAD_ATTR_SLOT of LOAD_ATTR;
        189 LOAD_ATTR_WITH_HINT of LOAD_ATTR;
        190 LOAD_CONST_IMMORTAL of LOAD_CONST;
        191 LOAD_CONST_MORTAL of LOAD_CONST;
        192 LOAD_GLOBAL_BUILTIN of LOAD_GLOBAL;
        193 LOAD_GLOBAL_MODULE of LOAD_GLOBAL;
        194 LOAD_SUPER_ATTR_ATTR of LOAD_SUPER_ATTR;
        195 LOAD_SUPER_ATTR_METHOD of LOAD_SUPER_ATTR;
        196 RESUME_CHECK of RESUME;
        197 SEND_GEN of SEND;
        198 STORE_ATTR_INSTANCE_VALUE of STORE_ATTR;
        199 STORE_ATTR_SLOT of STORE_ATTR;
        200 STORE_ATTR_WITH_HINT of STORE_ATTR;
        201 STORE_SUBSCR_DICT of STORE_SUBSCR;
        202 STORE_SUBSCR_LIST_INT of STORE_SUBSCR;
        203 TO_BOOL_ALWAYS_TRUE of TO_BOOL;
        204 TO_BOOL_BOOL of TO_BOOL;
        205 TO_BOOL_INT of TO_BOOL;
        206 TO_BOOL_LIST of TO_BOOL;
        207 TO_BOOL_NONE of TO_BOOL;
        208 TO_BOOL_STR of TO_BOOL;
        209 UNPACK_SEQUENCE_LIST of UNPACK_SEQUENCE;
        210 UNPACK_SEQUENCE_TUPLE of UNPACK_SEQUENCE;
        211 UNPACK_SEQUENCE_TWO_TUPLE of UNPACK_SEQUENCE;
        212 LOAD_ATTR_POLYMORPHIC of LOAD_ATTR;
    }
    instrumented {
        234 INSTRUMENTED_END_FOR of END_FOR;
        235 INSTRUMENTED_POP_ITER of POP_ITER;
        236 INSTRUMENTED_END_SEND of END_SEND;
        237 INSTRUMENTED_FOR_ITER of FOR_ITER;
        239 INSTRUMENTED_JUMP_FORWARD of JUMP_FORWARD;
        240 INSTRUMENTED_NOT_TAKEN of NOT_TAKEN;
        241 INSTRUMENTED_POP_JUMP_IF_TRUE of POP_JUMP_IF_TRUE;
        242 INSTRUMENTED_POP_JUMP_IF_FALSE of POP_JUMP_IF_FALSE;
        243 INSTRUMENTED_POP_JUMP_IF_NONE of POP_JUMP_IF_NONE;
        244 INSTRUMENTED_POP_JUMP_IF_NOT_NONE of POP_JUMP_IF_NOT_NONE;
        245 INSTRUMENTED_RESUME of RESUME;
        246 INSTRUMENTED_RETURN_VALUE of RETURN_VALUE;
        247 INSTRUMENTED_YIELD_VALUE of YIELD_VALUE;
        248 INSTRUMENTED_END_ASYNC_FOR of END_ASYNC_FOR;
        249 INSTRUMENTED_LOAD_SUPER_ATTR of LOAD_SUPER_ATTR;
        250 INSTRUMENTED_CALL of CALL;
        251 INSTRUMENTED_CALL_KW of CALL_KW;
        252 INSTRUMENTED_CALL_FUNCTION_EX of CALL_FUNCTION_EX;
        253 INSTRUMENTED_JUMP_BACKWARD of JUMP_BACKWARD;
    }
    pseudo {
        256 ANNOTATIONS_PLACEHOLDER None |_| (0, 0), "Where `__conditional_annotations__` is set up, if need be.";
        257 JUMP Jump |_| (0, 0), "Jump in either direction.";
        258 JUMP_IF_FALSE Jump |_| (1, 1), "Jump that keeps the tested value.";
        259 JUMP_IF_TRUE Jump |_| (1, 1), "Jump that keeps the tested value.";
        260 JUMP_NO_INTERRUPT Jump |_| (0, 0), "Jump in either direction without a poll.";
        261 LOAD_CLOSURE Free |_| (0, 1), "Pushes a cell itself.";
        262 POP_BLOCK None |_| (0, 0), "Ends the innermost `SETUP_*`.";
        263 SETUP_CLEANUP Handler |jump| (0, if jump { 2 } else { 0 }), "Handler that gets `lasti` and the exception.";
        264 SETUP_FINALLY Handler |jump| (0, if jump { 1 } else { 0 }), "Handler that gets the exception.";
        265 SETUP_WITH Handler |jump| (0, if jump { 1 } else { 0 }), "Handler of a `with` block.";
        266 STORE_FAST_MAYBE_NULL Local |_| (1, 0), "Stores into a local variable a value that may be NULL.";
    }
}

impl Opcode {
    /// First of the instrumented opcodes.
    pub const MIN_INSTRUMENTED: u8 = 234;

    /// Change of the stack's depth.
    pub fn stack_effect(self, oparg: u32) -> i64 {
        let (popped, pushed) = self.pops_pushes(oparg);
        pushed - popped
    }

    /// Whether the operand is used; opcodes from `BINARY_OP` on, except for instrumented ones without.
    pub const fn has_arg(self) -> bool {
        !matches!(self.operand(), Operand::None)
    }

    /// The index into `co_names` of an operand of kind [`Operand::Name`].
    pub const fn name_index(self, oparg: u32) -> u32 {
        match self.deopt() {
            Opcode::LOAD_ATTR | Opcode::LOAD_GLOBAL => oparg >> 1,
            Opcode::LOAD_SUPER_ATTR => oparg >> 2,
            _ => oparg,
        }
    }

    /// Whether the operand is a jump distance.
    pub const fn is_jump(self) -> bool {
        matches!(self.operand(), Operand::Jump)
    }

    /// Whether the jump distance counts backwards (`END_ASYNC_FOR` names its `SEND` that way).
    pub const fn is_backward_jump(self) -> bool {
        matches!(
            self.deopt(),
            Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT | Opcode::END_ASYNC_FOR
        )
    }

    /// Whether it always leaves the frame or raises.
    pub const fn is_scope_exit(self) -> bool {
        matches!(
            self.deopt(),
            Opcode::RETURN_VALUE
                | Opcode::RAISE_VARARGS
                | Opcode::RERAISE
                | Opcode::INTERPRETER_EXIT
        )
    }

    /// Whether control never falls through to the next instruction.
    pub const fn is_terminator(self) -> bool {
        self.is_scope_exit()
            || matches!(
                self.deopt(),
                Opcode::JUMP_FORWARD | Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT
            )
    }
}

impl CfgOp {
    pub fn stack_effect(self, oparg: u32, jump: bool) -> i64 {
        let (popped, pushed) = self.pops_pushes(oparg, jump);
        pushed - popped
    }

    /// Whether its target is a jump target.
    pub const fn is_jump(self) -> bool {
        matches!(self.operand(), Operand::Jump)
    }

    /// Whether it starts a protected range.
    pub const fn is_block_push(self) -> bool {
        matches!(self.operand(), Operand::Handler)
    }

    pub const fn has_target(self) -> bool {
        self.is_jump() || self.is_block_push()
    }

    pub const fn has_arg(self) -> bool {
        !matches!(self.operand(), Operand::None)
    }

    pub const fn is_unconditional_jump(self) -> bool {
        matches!(
            self,
            CfgOp::JUMP
                | CfgOp::JUMP_NO_INTERRUPT
                | CfgOp::JUMP_FORWARD
                | CfgOp::JUMP_BACKWARD
                | CfgOp::JUMP_BACKWARD_NO_INTERRUPT
        )
    }

    /// Whether it always leaves the frame or raises.
    pub const fn is_scope_exit(self) -> bool {
        matches!(
            self,
            CfgOp::RETURN_VALUE | CfgOp::RAISE_VARARGS | CfgOp::RERAISE
        )
    }

    /// Whether it ends a basic block.
    pub const fn is_terminator(self) -> bool {
        self.is_jump() || self.is_scope_exit()
    }
}
