"""importlib's own code, with the finders of this implementation put into sys.meta_path.

importlib asks for a module of this name to find out whether it runs from a frozen copy. This one stands
aside for importlib/_bootstrap.py, once that is set up.
"""

import _imp
import sys
from importlib import _bootstrap


def _warn(*args, **kwargs):
    import warnings

    warnings.warn(*args, **kwargs)


# importlib wants a native _warnings; all that it uses of it is this function.
_missing = "_warnings" not in sys.modules and not _imp.is_builtin("_warnings")
if _missing:
    sys.modules["_warnings"] = type(sys)("_warnings")
    sys.modules["_warnings"].warn = _warn
try:
    _bootstrap._setup(sys, _imp)
    from importlib import _bootstrap_external
finally:
    if _missing:
        del sys.modules["_warnings"]

_bootstrap_external._set_bootstrap_module(_bootstrap)
_bootstrap._bootstrap_external = _bootstrap_external


class EmbeddedImporter(_bootstrap_external._LoaderBasics):
    """Finds and loads the modules of the library inside the executable."""

    def __init__(self, name, source, package, path):
        self.name = name
        self.source = source
        self.package = package
        self.path = path

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        found = _imp._embedded(name)
        if found is None:
            return None
        source, package, path = found
        path = f"<taipan>/lib/python3.14/{path}"
        loader = cls(name, source, package, path)
        spec = _bootstrap.ModuleSpec(name, loader, origin=path, is_package=package)
        spec.has_location = True
        if package:
            spec.submodule_search_locations = [path.removesuffix("/__init__.py")]
        return spec

    @classmethod
    def invalidate_caches(cls):
        pass

    def is_package(self, fullname):
        return self.package

    def get_filename(self, fullname):
        return self.path

    def get_source(self, fullname):
        return _bootstrap_external.decode_source(self.source)

    def get_code(self, fullname):
        return compile(self.source, self.path, "exec", dont_inherit=True)

    def get_data(self, path):
        if path == self.path:
            return self.source
        raise OSError(f"no such file in the embedded library: {path!r}")


if not sys.path_hooks:
    sys.path_hooks.append(
        _bootstrap_external.FileFinder.path_hook(
            *_bootstrap_external._get_supported_file_loaders()
        )
    )
if not sys.meta_path:
    sys.meta_path.extend(
        [_bootstrap.BuiltinImporter, _bootstrap_external.PathFinder, EmbeddedImporter]
    )

sys.modules[__name__] = _bootstrap
