//! Values, objects, memory, interpreter, builtins, import, tier interface
