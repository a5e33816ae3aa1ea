"""Reading formulas."""

import operator
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from crm_sync.localorg.formula.functions import call
from crm_sync.localorg.formula.values import (
    FormulaError,
    Scene,
    Thunk,
    number,
    order,
    same,
    text,
    truth,
)

TOKEN = re.compile(
    r"""\s+ | /\*.*?\*/
    | (?P<number>\d+(?:\.\d+)?|\.\d+)
    | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<name>\$?[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)*)
    | (?P<op><>|!=|==|<=|>=|&&|\|\||[-+*/^&=<>!(),])""",
    re.VERBOSE | re.DOTALL,
)
COMPARE: dict[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}
WORDS: dict[str, object] = {"TRUE": True, "FALSE": False, "NULL": None}
MAX_DEPTH = 40


def _tokens(source: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(source):
        match = TOKEN.match(source, at)
        if match is None:
            raise FormulaError(f"Syntax error. Found '{source[at]}'")
        if match.lastgroup:
            found.append((match.lastgroup, match.group()))
        at = match.end()
    return [*found, ("end", "")]


def _plus(left: object, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, date):
        return left + timedelta(days=number(right))
    if isinstance(left, time):
        return (datetime.combine(date.min, left) + timedelta(milliseconds=number(right))).time()
    return number(left) + number(right)


def _minus(left: object, right: object) -> object:
    if isinstance(left, datetime) and isinstance(right, datetime):
        return (left - right).total_seconds() / 86_400
    if isinstance(left, date) and isinstance(right, date):
        return float((left - right).days)
    if isinstance(left, date):
        return left - timedelta(days=number(right))
    if isinstance(left, time):
        return _between(left, right)
    return number(left) - number(right)


def _between(left: time, right: object) -> object:
    """Return the milliseconds between two times of day, or an earlier time."""
    start = datetime.combine(date(2000, 1, 1), left)
    if isinstance(right, time):
        return (start - datetime.combine(start.date(), right)) / timedelta(milliseconds=1)
    return (start - timedelta(milliseconds=number(right))).time()


def _divide(left: object, right: object) -> float:
    if number(right) == 0:
        raise FormulaError("division by zero")
    return number(left) / number(right)


def _power(left: object, right: object) -> float:
    try:
        return float(operator.pow(number(left), number(right)))
    except (OverflowError, ZeroDivisionError, TypeError) as error:
        raise FormulaError("the power is out of range") from error


def _both(work: Callable[[object, object], object], left: Thunk, right: Thunk) -> Thunk:
    return lambda scene: work(left(scene), right(scene))


def _path(word: str) -> tuple[str, ...]:
    """Return the steps of a path; `Owner:User` is the owner, seen as a user."""
    return tuple(step.partition(":")[0] for step in word.split("."))


def _either(left: Thunk, right: Thunk) -> Thunk:
    return lambda scene: truth(left(scene)) or truth(right(scene))


def _each(left: Thunk, right: Thunk) -> Thunk:
    return lambda scene: truth(left(scene)) and truth(right(scene))


class Parser:
    """Recursive descent, loosest operator first."""

    def __init__(self, source: str) -> None:
        self.tokens = _tokens(source)
        self.place = 0
        self.depth = 0
        self.paths: dict[tuple[str, ...], None] = {}

    @property
    def here(self) -> str:
        """Return the operator that comes next."""
        kind, word = self.tokens[self.place]
        return word if kind == "op" else ""

    def accept(self, *operators: str) -> str:
        """Take the next token if it is one of these operators."""
        word = self.here
        if word not in operators or not word:
            return ""
        self.place += 1
        return word

    def expect(self, word: str) -> None:
        """Take that operator or refuse the formula."""
        if not self.accept(word):
            raise FormulaError(f"Syntax error. Missing '{word}'")

    def whole(self) -> Thunk:
        """Read everything."""
        result = self.expression()
        if self.tokens[self.place][0] != "end":
            raise FormulaError(f"Syntax error. Extra {self.tokens[self.place][1]}")
        return result

    def expression(self) -> Thunk:
        """Read conditions joined by ||."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError("The formula is nested too deeply")
        left = self._conjunction()
        while self.accept("||"):
            left = _either(left, self._conjunction())
        self.depth -= 1
        return left

    def _conjunction(self) -> Thunk:
        left = self._equality()
        while self.accept("&&"):
            left = _each(left, self._equality())
        return left

    def _equality(self) -> Thunk:
        left = self._comparison()
        while word := self.accept("=", "==", "<>", "!="):
            wanted = word in {"=", "=="}
            right = self._comparison()
            left = _both(lambda a, b, wanted=wanted: same(a, b) is wanted, left, right)  # type: ignore[misc]
        return left

    def _comparison(self) -> Thunk:
        left = self._sum()
        while word := self.accept("<", "<=", ">", ">="):
            test = COMPARE[word]
            left = _both(lambda a, b, test=test: test(order(a, b)), left, self._sum())  # type: ignore[misc]
        return left

    def _sum(self) -> Thunk:
        left = self._product()
        while word := self.accept("+", "-", "&"):
            right = self._product()
            if word == "&":
                left = _both(lambda a, b: text(a) + text(b), left, right)
            else:
                left = _both(_plus if word == "+" else _minus, left, right)
        return left

    def _product(self) -> Thunk:
        left = self._power()
        while word := self.accept("*", "/"):
            right = self._power()
            if word == "/":
                left = _both(_divide, left, right)
            else:
                left = _both(lambda a, b: number(a) * number(b), left, right)
        return left

    def _power(self) -> Thunk:
        left = self._unary()
        while self.accept("^"):
            left = _both(_power, left, self._unary())
        return left

    def _unary(self) -> Thunk:
        word = self.accept("-", "+", "!")
        if not word:
            return self._atom()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError("The formula is nested too deeply")
        inner = self._unary()
        self.depth -= 1
        if word == "!":
            return lambda scene: not truth(inner(scene))
        sign = -1 if word == "-" else 1
        return lambda scene: sign * number(inner(scene))

    def _atom(self) -> Thunk:
        if self.accept("("):
            inner = self.expression()
            self.expect(")")
            return inner
        kind, word = self.tokens[self.place]
        if kind not in {"number", "string", "name"}:
            raise FormulaError(f"Syntax error. Found '{word}'" if word else "Syntax error")
        self.place += 1
        if kind == "number":
            amount = float(word)
            return lambda _scene: amount
        if kind == "string":
            content = re.sub(r"\\(.)", r"\1", word[1:-1])
            return lambda _scene: content
        return self._named(word)

    def _named(self, word: str) -> Thunk:
        if not self.accept("("):
            if word.upper() in WORDS:
                constant = WORDS[word.upper()]
                return lambda _scene: constant
            path = _path(word)
            self.paths[path] = None
            return lambda scene: scene.value(path)
        name = word.upper()
        if name in {"PRIORVALUE", "ISCHANGED"}:
            return self._history(name)
        parts: list[Thunk] = []
        if not self.accept(")"):
            parts.append(self.expression())
            while self.accept(","):
                parts.append(self.expression())
            self.expect(")")
        return call(name, parts)

    def _history(self, name: str) -> Thunk:
        kind, word = self.tokens[self.place]
        if kind != "name":
            raise FormulaError(f"{name} needs a field")
        self.place += 1
        self.expect(")")
        path = _path(word)
        self.paths[path] = None
        if name == "PRIORVALUE":
            return lambda scene: scene.value(path) if scene.is_new else scene.prior(path)
        return lambda scene: not scene.is_new and not same(scene.value(path), scene.prior(path))


def compile_formula(source: str) -> Callable[[Scene], object]:
    """Read a formula once; the result is evaluated as often as needed."""
    return Parser(source).whole()


def read_formula(source: str) -> tuple[Thunk, tuple[tuple[str, ...], ...]]:
    """Read a formula; return its evaluation and the fields that it looks at."""
    parser = Parser(source)
    return parser.whole(), tuple(parser.paths)
