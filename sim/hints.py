"""What Cython needs to know of the service's types, read from its type hints: the source says each type once.

`declarations` writes what would stand in a `.pxd` beside each module, for the compiler alone. `int` becomes a number of
64 bits, `float` a double, `bool` 0 or 1, a class of the service itself and everything else a Python object. An
attribute has the type that its class says, or that of the first value it is given; a local variable that of its hint,
or the class that everything given to it has. What has a lambda, generator, inner function or default stays Python's.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

Hint = ast.expr | None
"""A type as the source writes it; None where nothing is known."""
NUMBERS = {"int": "long long", "float": "double", "bool": "bint"}
PLAIN = NUMBERS | {
    "str": "str", "list": "list", "tuple": "tuple",
    "Wholes": "const long long[::1]", "Fractions": "const double[::1]", "Column": "long long[::1]",
}  # fmt: skip
ELEMENTS = {"Wholes": "int", "Fractions": "float", "Column": "int"}
STAYS_PYTHON = (ast.Lambda, ast.GeneratorExp, ast.Yield, ast.YieldFrom, ast.FunctionDef)
ENUMS, CODES = "enums", "codes"  # modules that are not compiled and whose numbers the compiler knows


@dataclass
class Class:
    """A class of the service, with what it says of its attributes and methods."""

    node: ast.ClassDef
    bases: list[str]
    methods: dict[str, ast.FunctionDef]
    attributes: dict[str, Hint] = field(default_factory=dict)


@dataclass
class Module:
    """A module of the service."""

    name: str
    tree: ast.Module
    classes: dict[str, Class]
    functions: dict[str, ast.FunctionDef]


class HintError(Exception):
    """A type is nowhere to be read."""


def declarations(
    sources: dict[str, str], compiled: tuple[str, ...], from_python: frozenset[str] = frozenset()
) -> dict[str, str]:
    """Return the text of each declaration file by its name.

    `sources` has the text of every module of the service by name, `compiled` those that are compiled, and `from_python`
    the methods that Python calls too; any other is a function of C alone. Raises HintError where an attribute has no
    hint and its first value does not tell.
    """
    service = Service({name: _module(name, sources[name]) for name in compiled}, sources.get(CODES, ""), from_python)
    files = {f"{name}.pxd": service.text(module) for name, module in service.modules.items()}
    enums = [node for node in ast.parse(sources.get(ENUMS, "")).body if isinstance(node, ast.ClassDef)]
    lines = []
    for enum in enums:  # each in a file of its own: the names of C's enums share one room
        members = [n for n in enum.body if isinstance(n, ast.Assign)]
        body = "".join(f"    {ast.unparse(n.targets[0])} = {ast.unparse(n.value)}\n" for n in members)
        files[f"_{enum.name.lower()}.pxd"] = f"cdef enum {enum.name}:\n{body}"
        lines.append(f"from sim.service._{enum.name.lower()} cimport {enum.name}\n")
    files[f"{CODES}.pxd"] = "".join(lines)
    return files


class Service:
    """All compiled modules together, so that a type in one is known in the others."""

    def __init__(self, modules: dict[str, Module], codes: str, from_python: frozenset[str]) -> None:
        self.modules = modules
        self.from_python = from_python
        constants = [_hints(tree.body) for tree in (ast.parse(codes), *(module.tree for module in modules.values()))]
        finals = {f"Final[{name}]": c_type for name, c_type in NUMBERS.items()}
        told = [(name, finals.get(ast.unparse(hint))) for some in constants for name, hint in some]
        self.numbers = {name: c_type for name, c_type in told if c_type}
        self.classes = {name: one for module in modules.values() for name, one in module.classes.items()}
        self.bases = {base for one in self.classes.values() for base in one.bases}
        self.without_gc: set[str] = set()
        for last in (False, False, False, True):  # what one class says of itself tells another more
            for module in modules.values():
                for one in module.classes.values():
                    self._find_attributes(module, one, last)
        for _ in self.classes:  # until a class whose attributes only refer to such classes is found too
            self.without_gc |= {name for name in self.classes if self._needs_no_gc(name)}

    def text(self, module: Module) -> str:
        """Return what the compiler is told of one module."""
        lines = [line for one in module.functions.values() for line in self._function(module, one, None)]
        for name, one in module.classes.items():
            lines.append("@cython.no_gc\n" if name in self.without_gc else "")
            replaced = {key for base in self._line(one)[1:] for key in base.methods} & one.methods.keys()
            there = {key for base in self._line(one)[1:] for key in base.attributes}
            lines.append("" if name in self.bases or replaced else "@cython.final\n")
            lines.append(f"cdef class {name}({', '.join(one.bases)}):\n" if one.bases else f"cdef class {name}:\n")
            own = {key: self._c_type(hint) or "object" for key, hint in one.attributes.items() if key not in there}
            lines += [f"    cdef public {c_type} {key}\n" for key, c_type in own.items()]
            lines += [line for method in one.methods.values() for line in self._function(module, method, one)]
            lines.append("    pass\n")
        return "".join(["cimport cython\n", *self._imports(module, set(re.findall(r"\w+", "".join(lines)))), *lines])

    def _imports(self, module: Module, told: set[str]) -> Iterator[str]:
        for other in self.modules.values():
            if other is not module:
                yield from (f"from sim.service.{other.name} cimport {name}\n" for name in other.classes if name in told)
        for node in (node for node in module.tree.body if isinstance(node, ast.ImportFrom)):
            for alias in node.names:
                if node.module == "sim.service":
                    yield f"from sim.service cimport {alias.name}\n"
                elif alias.name in self.numbers:
                    yield f"cdef {self.numbers[alias.name]} {alias.name}\n"
        for name, _ in _hints(module.tree.body):
            yield f"cdef {self.numbers[name]} {name}\n"

    def _function(self, module: Module, node: ast.FunctionDef, owner: Class | None) -> list[str]:
        name, indent = node.name, "    " if owner else ""
        inside = [part for part in ast.walk(node) if part is not node]
        if name.startswith("__") or node.decorator_list or node.args.defaults:
            return []
        if any(isinstance(part, STAYS_PYTHON) for part in inside):
            return []
        arguments = node.args.args[1:] if owner else node.args.args
        told = [f"{self._c_type(one.annotation)} {one.arg}".strip() for one in arguments]
        typed = {key: self._c_type(hint) for key, hint in self._locals(module, node, owner).items()}
        known = ", ".join(f'{key}="{c_type}"' for key, c_type in typed.items() if c_type)
        lines = [f"{indent}@cython.locals({known})\n"] if known else []
        signature = ", ".join(["self", *told] if owner else told)
        how = "cdef" if owner and name not in self.from_python else "cpdef"
        return [*lines, f"{indent}{how} {self._c_type(node.returns)} {name}({signature})\n"]

    def _c_type(self, hint: Hint) -> str:
        """Return a type as C has it; nothing for any Python object."""
        name = ast.unparse(_not_none(hint)).partition("[")[0] if hint else ""  # type: ignore[arg-type]
        if name in self.classes:
            return name
        return "" if isinstance(hint, ast.BinOp) and name in NUMBERS else PLAIN.get(name, "")

    def _needs_no_gc(self, name: str) -> bool:
        """Return whether nothing that a class holds could lead back to it."""
        held = {self._c_type(hint) for hint in self.classes[name].attributes.values()}
        return held <= {*NUMBERS.values(), *self.without_gc} and set(self.classes[name].bases) <= self.without_gc

    def _find_attributes(self, module: Module, one: Class, last: bool) -> None:
        one.attributes.update(_hints(one.node.body))
        for method in one.methods.values():
            scope = self._scope(method, one)
            for node in _in_order(method):
                if isinstance(node, ast.AnnAssign) and (name := _own(node.target)):
                    one.attributes[name] = node.annotation
                if not isinstance(node, ast.Assign):
                    continue
                hint = self._of(node.value, module, scope)
                scope.update({target.id: hint for target in node.targets if isinstance(target, ast.Name)})
                parts = [part for target in node.targets for part in getattr(target, "elts", [target])]
                hint = hint if parts == node.targets else None  # of several at once which is whose is not read
                for name in filter(None, map(_own, parts)):
                    if any(name in each.attributes for each in self._line(one)):
                        continue
                    if hint is not None:
                        one.attributes[name] = hint
                    elif last:
                        raise HintError(f"sim/service/{module.name}.py:{node.lineno}: say the type of self.{name}")

    def _line(self, one: Class | None) -> list[Class]:
        """Return a class and those that it is made from."""
        return [one, *(each for base in one.bases for each in self._line(self.classes[base]))] if one else []

    def _scope(self, node: ast.FunctionDef, owner: Class | None) -> dict[str, Hint]:
        scope = {one.arg: one.annotation for one in node.args.args}
        if owner:
            scope["self"] = ast.Name(owner.node.name)
        return scope

    def _locals(self, module: Module, node: ast.FunctionDef, owner: Class | None) -> dict[str, Hint]:
        """Return the local variables of which a hint or everything that they are given tells the type."""
        scope = self._scope(node, owner)
        given: dict[str, list[Hint]] = {}
        said: dict[str, Hint] = {}
        for part in _in_order(node):
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                said[part.target.id] = scope[part.target.id] = part.annotation
            for target, value in _given(part):
                if isinstance(value, ast.Constant) and value.value is None:
                    continue
                hint = _not_none(self._of(value, module, scope))
                hint = _element(hint) if isinstance(part, ast.For) else hint
                given.setdefault(target, []).append(hint)
                scope.setdefault(target, hint)
        for name in given.keys() - said.keys() - {one.arg for one in node.args.args}:
            kinds = {self._c_type(hint) for hint in given[name]}
            if len(kinds) == 1 and kinds <= self.classes.keys():
                said[name] = given[name][0]
        return dict(sorted(said.items()))

    def _of(self, value: ast.expr, module: Module, scope: dict[str, Hint]) -> Hint:
        """Return the type of an expression, as far as it can be read."""
        match value:
            case ast.Name(name):
                return ast.Name("int") if name in self.numbers else scope.get(name)
            case ast.Constant(constant):
                return ast.Name(type(constant).__name__) if type(constant).__name__ in PLAIN else None
            case ast.BinOp(left, how, right) if not isinstance(how, ast.Div):
                kinds = {self._c_type(self._of(side, module, scope)) for side in (left, right)}
                return ast.Name("int") if kinds == {NUMBERS["int"]} else None
            case ast.Attribute(ast.Attribute(ast.Name(name)), _) if name == CODES:
                return ast.Name("int")
            case ast.Attribute(owner, name):
                one = self._class_of(owner, module, scope)
                found = [each.attributes[name] for each in self._line(one) if name in each.attributes]
                return found[0] if found else None
            case ast.Subscript(whole, index) if not isinstance(index, ast.Slice):
                return _element(self._of(whole, module, scope))
            case ast.List([first, *_]) | ast.ListComp(first):
                element = self._of(first, module, scope)
                return ast.Subscript(ast.Name("list"), element) if element else ast.Name("list")
            case ast.List():
                return ast.Name("list")
            case ast.Call(ast.Name(name)):
                if name in self.classes:
                    return ast.Name(name)
                return module.functions[name].returns if name in module.functions else _RETURNED.get(name)
            case ast.Call(ast.Attribute(ast.Name(name), "__new__")):
                return ast.Name(name)
            case ast.Call(ast.Attribute(owner, name)):
                one = self._class_of(owner, module, scope)
                found = [each.methods[name].returns for each in self._line(one) if name in each.methods]
                return found[0] if found else None
        return None

    def _class_of(self, value: ast.expr, module: Module, scope: dict[str, Hint]) -> Class | None:
        return self.classes.get(self._c_type(self._of(value, module, scope)))


_RETURNED: dict[str, Hint] = {
    "len": ast.Name("int"), "round": ast.Name("int"), "tuple": ast.Name("tuple"),
    "whole": ast.Name("Wholes"), "fractions": ast.Name("Fractions"),
}  # fmt: skip


def _module(name: str, source: str) -> Module:
    tree = ast.parse(source)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    made_from = {node.name: [ast.unparse(base) for base in node.bases] for node in classes}
    known = {node.name: Class(node, made_from[node.name], _functions(node.body)) for node in classes}
    return Module(name, tree, known, _functions(tree.body))


def _functions(body: list[ast.stmt]) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def _hints(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for node in body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.annotation


def _own(target: ast.expr) -> str:
    """Return the name of an attribute of `self`; nothing for any other target."""
    of_self = isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self"
    return target.attr if of_self else ""  # type: ignore[attr-defined]


def _in_order(node: ast.AST) -> list[ast.stmt | ast.expr]:
    """Return everything inside a function in the order of its lines."""
    inside = [part for part in ast.walk(node) if isinstance(part, ast.stmt | ast.expr)]
    return sorted(inside, key=lambda part: (part.lineno, part.col_offset))


def _given(part: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield each local variable that is given a value there, and the value; of a loop what it runs over."""
    match part:
        case ast.Assign(targets, value):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, value
        case ast.NamedExpr(ast.Name(name), value) | ast.For(ast.Name(name), value):
            yield name, value


def _not_none(hint: Hint) -> Hint:
    match hint:
        case ast.BinOp(either, ast.BitOr(), ast.Constant(None)):
            return either
    return hint


def _element(hint: Hint) -> Hint:
    match hint:
        case ast.Subscript(ast.Name("list"), element):
            return _not_none(element)
        case ast.Name(name) if name in ELEMENTS:
            return ast.Name(ELEMENTS[name])
    return None
