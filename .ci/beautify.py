"""One shape for stylesheets and scripts: `make fmt` writes it, `make lint` asks for it (`--check`)."""

import re
import sys
from pathlib import Path

import cssbeautifier
import jsbeautifier

WEB = Path(__file__).parents[1] / "assets_service" / "web"
MISSING_SEMICOLON = re.compile(r"([^;{}\s/])(\n\s*\})")
RULE_AFTER_RULE = re.compile(r"\}\n(?=[ \t]*[^\s}])")
BLANK_AT_BEGIN = re.compile(r"\{\n\n+")


def main() -> int:
    """Returns 1 when `--check` finds a file in another shape."""
    files = [
        *sorted((WEB / "styles").rglob("*.css")),
        *sorted((WEB / "static").glob("*.css")),
        *sorted((WEB / "static").glob("*.js")),
    ]
    others = [file for file in files if beautified(file) != file.read_text(encoding="utf-8")]
    if "--check" in sys.argv:
        for file in others:
            sys.stderr.write(f"{file.relative_to(WEB.parents[1])}: make fmt would change it\n")
        return int(bool(others))
    for file in others:
        file.write_text(beautified(file), encoding="utf-8")
    return 0


def beautified(file: Path) -> str:
    text = file.read_text(encoding="utf-8")
    return stylesheet(text) if file.suffix == ".css" else script(text)


def stylesheet(text: str) -> str:
    """One selector and one declaration a line, each with its semicolon; a blank line between rules."""
    options = cssbeautifier.default_options()
    options.indent_size = 2
    options.space_around_combinator = True
    options.newline_between_rules = False  # it would put a blank line after `{` too
    options.end_with_newline = True
    shaped = MISSING_SEMICOLON.sub(r"\1;\2", cssbeautifier.beautify(text, options))
    return BLANK_AT_BEGIN.sub("{\n", RULE_AFTER_RULE.sub("}\n\n", re.sub(r"\n{3,}", "\n\n", shaped)))


def script(text: str) -> str:
    options = jsbeautifier.default_options()
    options.indent_size = 2
    options.brace_style = "collapse,preserve-inline"
    options.operator_position = "preserve-newline"
    options.space_after_anon_function = True
    options.end_with_newline = True
    return str(jsbeautifier.beautify(text, options))


if __name__ == "__main__":
    sys.exit(main())
