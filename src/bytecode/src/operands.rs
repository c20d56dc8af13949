//! The tables that operands of kind [`crate::Operand::Plain`] index, as named enums.

macro_rules! operand_enum {
    ($(#[$doc:meta])* $name:ident { $($number:literal $variant:ident $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $variant = $number,)*
        }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            pub const fn from_u32(number: u32) -> Option<$name> {
                match number {
                    $($number => Some($name::$variant),)*
                    _ => None,
                }
            }

            /// CPython's name of it, or the operator.
            pub const fn name(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }
        }
    };
}

operand_enum! {
    /// Operand of `BINARY_OP`.
    BinaryOp {
        0 Add "+",
        1 And "&",
        2 FloorDivide "//",
        3 LShift "<<",
        4 MatrixMultiply "@",
        5 Multiply "*",
        6 Remainder "%",
        7 Or "|",
        8 Power "**",
        9 RShift ">>",
        10 Subtract "-",
        11 TrueDivide "/",
        12 Xor "^",
        13 InplaceAdd "+=",
        14 InplaceAnd "&=",
        15 InplaceFloorDivide "//=",
        16 InplaceLShift "<<=",
        17 InplaceMatrixMultiply "@=",
        18 InplaceMultiply "*=",
        19 InplaceRemainder "%=",
        20 InplaceOr "|=",
        21 InplacePower "**=",
        22 InplaceRShift ">>=",
        23 InplaceSubtract "-=",
        24 InplaceTrueDivide "/=",
        25 InplaceXor "^=",
        26 Subscr "[]",
    }
}

operand_enum! {
    /// Bits 5 and up of the operand of `COMPARE_OP`. Bit 4 asks for an exact bool; bits 0–3 are the
    /// mask of results (unordered 1, less 2, greater 4, equal 8) that count as true.
    CompareOp {
        0 Lt "<",
        1 Le "<=",
        2 Eq "==",
        3 Ne "!=",
        4 Gt ">",
        5 Ge ">=",
    }
}

impl CompareOp {
    /// Asks for `bool(result)` in the operand of `COMPARE_OP`.
    pub const TO_BOOL: u32 = 16;

    /// Mask of the results that count as true.
    pub const fn mask(self) -> u32 {
        match self {
            CompareOp::Lt => 2,
            CompareOp::Le => 2 | 8,
            CompareOp::Eq => 8,
            CompareOp::Ne => 1 | 2 | 4,
            CompareOp::Gt => 4,
            CompareOp::Ge => 4 | 8,
        }
    }

    /// The operand of `COMPARE_OP`, without [`CompareOp::TO_BOOL`].
    pub const fn oparg(self) -> u32 {
        (self as u32) << 5 | self.mask()
    }

    pub const fn from_oparg(oparg: u32) -> Option<CompareOp> {
        CompareOp::from_u32(oparg >> 5)
    }
}

operand_enum! {
    /// Operand of `CALL_INTRINSIC_1`.
    Intrinsic1 {
        0 Invalid "INTRINSIC_1_INVALID",
        1 Print "INTRINSIC_PRINT",
        2 ImportStar "INTRINSIC_IMPORT_STAR",
        3 StopIterationError "INTRINSIC_STOPITERATION_ERROR",
        4 AsyncGenWrap "INTRINSIC_ASYNC_GEN_WRAP",
        5 UnaryPositive "INTRINSIC_UNARY_POSITIVE",
        6 ListToTuple "INTRINSIC_LIST_TO_TUPLE",
        7 TypeVar "INTRINSIC_TYPEVAR",
        8 ParamSpec "INTRINSIC_PARAMSPEC",
        9 TypeVarTuple "INTRINSIC_TYPEVARTUPLE",
        10 SubscriptGeneric "INTRINSIC_SUBSCRIPT_GENERIC",
        11 TypeAlias "INTRINSIC_TYPEALIAS",
    }
}

operand_enum! {
    /// Operand of `CALL_INTRINSIC_2`.
    Intrinsic2 {
        0 Invalid "INTRINSIC_2_INVALID",
        1 PrepReraiseStar "INTRINSIC_PREP_RERAISE_STAR",
        2 TypeVarWithBound "INTRINSIC_TYPEVAR_WITH_BOUND",
        3 TypeVarWithConstraints "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
        4 SetFunctionTypeParams "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
        5 SetTypeParamDefault "INTRINSIC_SET_TYPEPARAM_DEFAULT",
    }
}

operand_enum! {
    /// Operand of `LOAD_SPECIAL`.
    SpecialMethod {
        0 Enter "__enter__",
        1 Exit "__exit__",
        2 AEnter "__aenter__",
        3 AExit "__aexit__",
    }
}

operand_enum! {
    /// Operand of `LOAD_COMMON_CONSTANT`.
    CommonConstant {
        0 AssertionError "AssertionError",
        1 NotImplementedError "NotImplementedError",
        2 Tuple "tuple",
        3 All "all",
        4 Any "any",
    }
}

operand_enum! {
    /// Operand of `CONVERT_VALUE`.
    Conversion {
        1 Str "str",
        2 Repr "repr",
        3 Ascii "ascii",
    }
}

operand_enum! {
    /// Operand of `SET_FUNCTION_ATTRIBUTE`: one bit.
    FunctionAttribute {
        1 Defaults "defaults",
        2 KwDefaults "kwdefaults",
        4 Annotations "annotations",
        8 Closure "closure",
        16 Annotate "annotate",
    }
}

operand_enum! {
    /// Low two bits of the operand of `RESUME`; bit 2 tells that the instruction stands at an
    /// exception-table depth of one.
    ResumeKind {
        0 FuncStart "func start",
        1 AfterYield "after yield",
        2 AfterYieldFrom "after yield from",
        3 AfterAwait "after await",
    }
}

impl ResumeKind {
    pub const KIND_MASK: u32 = 3;
    pub const DEPTH1_MASK: u32 = 4;
}
