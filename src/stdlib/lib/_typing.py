"""Type parameters, aliases and Generic: what `typing` and the compiler's intrinsics stand on."""

import sys as _sys

Union = type(int | str)


class _Identity:
    """Not a function: as an attribute of a class it must not bind."""

    __slots__ = ()

    def __call__(self, x, /):
        return x


_idfunc = _Identity()


class NoDefaultType:
    __slots__ = ()
    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = object.__new__(cls)
        return cls._only

    def __repr__(self):
        return "typing.NoDefault"

    def __reduce__(self):
        return "NoDefault"


NoDefault = NoDefaultType()
NoDefaultType.__module__ = "typing"


def _caller():
    return _sys._getframe(2).f_globals.get("__name__")


class _Immutable(type):
    def __setattr__(cls, name, value):
        raise TypeError(f"cannot set '{name}' attribute of immutable type '{cls.__module__}.{cls.__qualname__}'")


class _ConstEvaluator(metaclass=_Immutable):
    """What evaluates to a value that is there already."""

    __slots__ = ("_value",)

    def __new__(cls, *args, **kwargs):
        raise TypeError(f"cannot create '{cls.__module__}.{cls.__qualname__}' instances")

    def __call__(self, *args):
        from operator import index
        if len(args) != 1:
            raise TypeError(f"constevaluator.__call__() takes exactly 1 argument ({len(args)} given)")
        if index(args[0]) != 4:
            return self._value
        from annotationlib import type_repr
        if isinstance(self._value, tuple):
            return f"({', '.join(map(type_repr, self._value))})"
        return type_repr(self._value)

    def __repr__(self):
        return f"<constevaluator {self._value!r}>"


def _constant(value):
    evaluator = object.__new__(_ConstEvaluator)
    evaluator._value = value
    return evaluator


# Nothing has been evaluated yet.
_PENDING = object()


class _Parameter:
    """What the three kinds of type parameters share: name, module, lazy default."""

    def _set_up(self, name, module, default):
        self.__name__ = name
        if module is not None:
            self.__module__ = module
        self._default = default
        self._make_default = None

    @property
    def __default__(self):
        if self._default is _PENDING:
            self._default = self._make_default(1)
        return self._default

    @property
    def evaluate_default(self):
        return self._make_default or _constant(self._default)

    def has_default(self):
        return self._make_default is not None or self._default is not NoDefault

    def __reduce__(self):
        return self.__name__

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass an instance of {type(self).__name__}")

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]

    def _prefix(self):
        if self.__infer_variance__:
            return ""
        return "+" if self.__covariant__ else "-" if self.__contravariant__ else "~"


def _variance(self, covariant, contravariant, infer_variance):
    if covariant and contravariant:
        raise ValueError("Bivariant types are not supported.")
    if infer_variance and (covariant or contravariant):
        raise ValueError("Variance cannot be specified with infer_variance.")
    self.__covariant__ = bool(covariant)
    self.__contravariant__ = bool(contravariant)
    self.__infer_variance__ = bool(infer_variance)


class TypeVar(_Parameter):
    def __init__(self, name, *constraints, bound=None, default=NoDefault, covariant=False,
                 contravariant=False, infer_variance=False):
        _variance(self, covariant, contravariant, infer_variance)
        if len(constraints) == 1:
            raise TypeError("A single constraint is not allowed")
        if constraints and bound is not None:
            raise TypeError("Constraints cannot be combined with bound=...")
        if bound is not None:
            from typing import _type_check
            bound = _type_check(bound, "Bound must be a type.")
        self._bound, self._make_bound = bound, None
        self._constraints, self._make_constraints = constraints, None
        self._set_up(name, _caller(), default)

    @property
    def __bound__(self):
        if self._bound is _PENDING:
            self._bound = self._make_bound(1)
        return self._bound

    @property
    def __constraints__(self):
        if self._constraints is _PENDING:
            self._constraints = self._make_constraints(1)
        return self._constraints

    @property
    def evaluate_bound(self):
        if self._make_bound is None and self._bound is not None:
            return _constant(self._bound)
        return self._make_bound

    @property
    def evaluate_constraints(self):
        if self._make_constraints is None and self._constraints:
            return _constant(self._constraints)
        return self._make_constraints

    def __typing_subst__(self, arg):
        from typing import _typevar_subst
        return _typevar_subst(self, arg)

    def __typing_prepare_subst__(self, alias, args):
        at = alias.__parameters__.index(self)
        if at < len(args):
            return args
        if at == len(args) and self.has_default():
            return (*args, self.__default__)
        raise TypeError(f"Too few arguments for {alias}")

    def __repr__(self):
        return self._prefix() + self.__name__


class ParamSpecArgs:
    def __init__(self, origin):
        self.__origin__ = origin

    def __eq__(self, other):
        if not isinstance(other, type(self)):
            return NotImplemented
        return self.__origin__ == other.__origin__

    __hash__ = object.__hash__
    _suffix = "args"

    def __repr__(self):
        origin = self.__origin__
        return f"{origin.__name__ if isinstance(origin, ParamSpec) else repr(origin)}.{self._suffix}"

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass an instance of {type(self).__name__}")


class ParamSpecKwargs(ParamSpecArgs):
    _suffix = "kwargs"
    __hash__ = object.__hash__


class ParamSpec(_Parameter):
    def __init__(self, name, *, bound=None, default=NoDefault, covariant=False, contravariant=False,
                 infer_variance=False):
        _variance(self, covariant, contravariant, infer_variance)
        self.__bound__ = bound
        self._set_up(name, _caller(), default)

    @property
    def args(self):
        return ParamSpecArgs(self)

    @property
    def kwargs(self):
        return ParamSpecKwargs(self)

    def __typing_subst__(self, arg):
        from typing import _paramspec_subst
        return _paramspec_subst(self, arg)

    def __typing_prepare_subst__(self, alias, args):
        from typing import _paramspec_prepare_subst
        return _paramspec_prepare_subst(self, alias, args)

    def __repr__(self):
        return self._prefix() + self.__name__


class TypeVarTuple(_Parameter):
    def __init__(self, name, *, default=NoDefault):
        self._set_up(name, _caller(), default)

    def __iter__(self):
        from typing import Unpack
        yield Unpack[self]

    def __typing_subst__(self, arg):
        raise TypeError("Substitution of bare TypeVarTuple is not supported")

    def __typing_prepare_subst__(self, alias, args):
        from typing import _typevartuple_prepare_subst
        return _typevartuple_prepare_subst(self, alias, args)

    def __repr__(self):
        return self.__name__


class TypeAliasType:
    def __init__(self, name, value, *, type_params=()):
        if not isinstance(type_params, tuple):
            raise TypeError("type_params must be a tuple")
        if not isinstance(name, str):
            raise TypeError(f"typealias() argument 'name' must be str, not {type(name).__name__}")
        defaulted = False
        for parameter in type_params:
            # The default itself may not be evaluated yet.
            if not hasattr(type(parameter), "__default__"):
                raise TypeError(f"Expected a type param, got {parameter!r}")
            if parameter.has_default():
                defaulted = True
            elif defaulted:
                raise TypeError(f"non-default type parameter '{parameter!r}' follows default type parameter")
        self.__name__ = name
        self.__type_params__ = type_params
        self.__module__ = _caller()
        self._value, self._make_value = value, None

    @property
    def __value__(self):
        if self._value is _PENDING:
            self._value = self._make_value(1)
        return self._value

    @property
    def evaluate_value(self):
        return self._make_value or _constant(self._value)

    @property
    def __parameters__(self):
        from typing import Unpack
        return tuple(Unpack[p] if isinstance(p, TypeVarTuple) else p for p in self.__type_params__)

    def __getitem__(self, args):
        if not self.__type_params__:
            raise TypeError("Only generic type aliases are subscriptable")
        from types import GenericAlias
        return GenericAlias(self, args if isinstance(args, tuple) else (args,))

    def __iter__(self):
        from typing import Unpack
        yield Unpack[self]

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]

    def __reduce__(self):
        return self.__name__

    def __repr__(self):
        return self.__name__


class Generic:
    """Abstract base class for generic types."""

    __slots__ = ()
    _is_protocol = False

    def __class_getitem__(cls, *args, **kwargs):
        from typing import _generic_class_getitem
        return _generic_class_getitem(cls, *args, **kwargs)

    def __init_subclass__(cls, *args, **kwargs):
        from typing import _generic_init_subclass
        return _generic_init_subclass(cls, *args, **kwargs)


def _final(cls):
    def __init_subclass__(derived, **kwargs):
        raise TypeError(f"type 'typing.{cls.__name__}' is not an acceptable base type")
    return classmethod(__init_subclass__)


for _class in (TypeVar, ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeVarTuple, TypeAliasType):
    _class.__module__ = "typing"
    _class.__init_subclass__ = _final(_class)
del _class
Generic.__module__ = "typing"


# What the interpreter's intrinsics call.

def _place(parameter):
    parameter.__module__ = _sys._getframe(2).f_globals.get("__name__")
    return parameter


def _make_typevar(name):
    return _place(TypeVar(name, infer_variance=True))


def _make_typevar_with_bound(name, make):
    parameter = _place(TypeVar(name, infer_variance=True))
    parameter._bound, parameter._make_bound = _PENDING, make
    return parameter


def _make_typevar_with_constraints(name, make):
    parameter = _place(TypeVar(name, infer_variance=True))
    parameter._constraints, parameter._make_constraints = _PENDING, make
    return parameter


def _make_paramspec(name):
    return _place(ParamSpec(name, infer_variance=True))


def _make_typevartuple(name):
    return _place(TypeVarTuple(name))


def _make_type_alias(parts):
    name, parameters, make = parts
    alias = TypeAliasType(name, None, type_params=parameters or ())
    alias._value, alias._make_value = _PENDING, make
    return _place(alias)


def _generic_subscript(parameters):
    from typing import Unpack
    return Generic[tuple(Unpack[p] if isinstance(p, TypeVarTuple) else p for p in parameters)]


def _set_default(parameter, make):
    parameter._default, parameter._make_default = _PENDING, make
    return parameter
