"""One calm look: colours, the font, the Mantine theme and the plotly templates, light and dark.

Colours of *data* (:class:`DataColours`) are mid-tones that hold at least 3:1 against both the
light and the dark card, so a chart keeps its colours when the scheme is toggled and only its
template (text, grid, hover box) is swapped in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

import dash_mantine_components as dmc
import plotly.graph_objects as go
from flask import Flask, Response, abort

Scheme = Literal["light", "dark"]

FONT_FAMILY = '"Source Sans Pro", "Segoe UI", "Helvetica Neue", Arial, sans-serif'
"""The family named in the Mantine theme, in figures and in grids."""

FONT_FILES: dict[str, tuple[str, int]] = {
    "regular": ("SourceSansPro-Regular.ttf", 400),
    "semibold": ("SourceSansPro-Semibold.ttf", 600),
    "bold": ("SourceSansPro-Bold.ttf", 700),
}
"""Weights that are served: the name in the address, the file in the font's package, CSS weight."""

FONT_ROUTE = "/_fonts/"
_YEAR_SECONDS = 31_536_000


@dataclass(frozen=True)
class DataColours:
    """Colours that mean something in charts and tables; chosen for colour-blind readers too."""

    baseline: str = "#7b8794"
    what_if: str = "#2a7de1"
    target: str = "#17897a"
    incident: str = "#e08a1e"
    short: str = "#cf4f2e"
    spare: str = "#2f9c8d"
    schedule: str = "#7a6a9e"

    def drivers(self) -> dict[str, str]:
        """Effort driver -> colour; neighbours in a stack differ in lightness as well as in hue."""
        return {
            "waiting": "#2f6fc0",
            "repeat_contact": "#cb5a2b",
            "channel_switch": "#2b9384",
            "transfer": "#8b62b8",
            "repeating_information": "#a8821d",
            "failed_self_service": "#bb4474",
        }

    def channels(self) -> tuple[str, ...]:
        """Colours for channels other than the phone, in order of first use."""
        return ("#2b9384", "#8b62b8", "#a8821d", "#bb4474", "#5f7f39", "#9a6a4f")


COLOURS = DataColours()


@dataclass(frozen=True)
class Ground:
    """Colours of what data stands on, per scheme."""

    page: str
    card: str
    text: str
    muted: str
    line: str


GROUNDS: dict[Scheme, Ground] = {
    "light": Ground(page="#f5f7f9", card="#ffffff", text="#1c2733", muted="#51606f", line="#dfe5ea"),
    "dark": Ground(page="#12171d", card="#1b222b", text="#e3e8ee", muted="#a9b5c1", line="#323d49"),
}

_BRAND = [
    "#eaf2fc", "#d3e4f8", "#a8c9f0", "#7fb0ea", "#5c9ae4",
    "#3f87de", "#2a76d0", "#1d62b3", "#174f92", "#103b6f",
]  # fmt: skip
_DARK = [
    "#e3e8ee", "#c3ccd6", "#a9b5c1", "#73808e", "#46525f",
    "#323d49", "#1b222b", "#12171d", "#0d1116", "#080b0f",
]  # fmt: skip


def mantine_theme() -> dict[str, Any]:
    """The Mantine theme; shade 7 of the brand keeps white button text above 4.5:1 in both schemes."""
    return {
        "primaryColor": "brand",
        "primaryShade": {"light": 7, "dark": 7},
        "colors": {"brand": _BRAND, "dark": _DARK},
        "black": GROUNDS["light"].text,
        "fontFamily": FONT_FAMILY,
        "headings": {"fontFamily": FONT_FAMILY, "fontWeight": "600"},
        "defaultRadius": "md",
        "cursorType": "pointer",
        "respectReducedMotion": True,
        "components": {
            "Button": {"defaultProps": {"fw": 600}},
            "Anchor": {"defaultProps": {"underline": "always"}},
        },
    }


def provider(children: Any) -> dmc.MantineProvider:
    """Wrap the whole app: theme, fonts and colour scheme (the visitor's system decides at first)."""
    return dmc.MantineProvider(children, id="mantine", theme=mantine_theme(), defaultColorScheme="auto")


def template(scheme: Scheme) -> go.layout.Template:
    """The plotly template of a scheme: text, grid and hover box; never the colours of data.

    >>> template("dark").layout.font.color == GROUNDS["dark"].text
    True
    """
    ground = GROUNDS[scheme]
    axis = {
        "gridcolor": ground.line,
        "linecolor": ground.line,
        "zerolinecolor": ground.line,
        "tickcolor": ground.line,
        "tickfont": {"color": ground.muted, "size": 13},
        "title": {"font": {"color": ground.muted, "size": 13}, "standoff": 8},
        "ticks": "outside",
        "ticklen": 4,
        "showgrid": True,
    }
    layout = {
        "font": {"family": FONT_FAMILY, "color": ground.text, "size": 14},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 60, "r": 14, "t": 10, "b": 40},
        "xaxis": {**axis, "showgrid": False},
        "yaxis": axis,
        "hoverlabel": {
            "bgcolor": ground.card,
            "bordercolor": ground.muted,
            "font": {"family": FONT_FAMILY, "color": ground.text, "size": 13},
            "align": "left",
        },
        "annotationdefaults": {"font": {"color": ground.muted, "size": 13}},
        "hovermode": "x",
        "dragmode": False,
    }
    return go.layout.Template(layout=layout)


def templates() -> dict[str, Any]:
    """Both templates as plain JSON: the browser swaps them when the scheme is toggled."""
    return {scheme: template(scheme).to_plotly_json() for scheme in ("light", "dark")}


GRAPH_CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "displayModeBar": False,
    "showTips": False,
    "scrollZoom": False,
    "doubleClick": False,
    "responsive": True,
    "locale": "en-GB",
}
"""Charts without a tool bar: it adds eight tab stops and offers to send data to a third party."""


def font_faces() -> str:
    """``@font-face`` rules for the weights that :func:`serve_fonts` serves."""
    return "".join(
        '@font-face{font-family:"Source Sans Pro";font-style:normal;font-display:swap;'
        f"font-weight:{weight};src:url({FONT_ROUTE}{name}.ttf) format('truetype')}}"
        for name, (_, weight) in FONT_FILES.items()
    )


def ground_variables() -> str:
    """The grounds as CSS variables, so that style sheets repeat no colour."""

    def rules(ground: Ground) -> str:
        return (
            f"--ground-page:{ground.page};--ground-card:{ground.card};--ground-text:{ground.text};"
            f"--ground-muted:{ground.muted};--ground-line:{ground.line};"
        )

    data = (
        f"--data-baseline:{COLOURS.baseline};--data-what-if:{COLOURS.what_if};"
        f"--data-target:{COLOURS.target};--data-incident:{COLOURS.incident};"
    )
    light, dark = rules(GROUNDS["light"]), rules(GROUNDS["dark"])
    return (
        f":root{{{light}{data}color-scheme:light}}"
        f":root[data-mantine-color-scheme=dark]{{{dark}color-scheme:dark}}"
    )


def serve_fonts(server: Flask) -> None:
    """Serve the three weights from the installed font package, cached for a year."""

    @server.get(f"{FONT_ROUTE}<name>.ttf", endpoint="planner_font")
    def font(name: str) -> Response:
        if name not in FONT_FILES:
            abort(404)
        file = resources.files("font_source_sans_pro") / "files" / FONT_FILES[name][0]
        response = Response(file.read_bytes(), mimetype="font/ttf")
        response.headers["Cache-Control"] = f"public, max-age={_YEAR_SECONDS}, immutable"
        return response


# The scheme is set before anything is painted, by the rule that Mantine itself follows afterwards.
_EARLY_SCHEME = """
(function () {
  var kept = null;
  try { kept = localStorage.getItem("mantine-color-scheme-value"); } catch (e) { kept = null; }
  var dark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
"""

_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%231d62b3'/%3E"
    "%3Cpath d='M5 22h6l4-13 5 16 3-7h4' fill='none' stroke='white' stroke-width='2.6' "
    "stroke-linejoin='round' stroke-linecap='round'/%3E%3C/svg%3E"
)

INDEX_STRING = f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
{{%metas%}}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{%title%}}</title>
<link rel="icon" href="{_ICON}">
<link rel="preload" href="{FONT_ROUTE}regular.ttf" as="font" type="font/ttf" crossorigin>
<style>{font_faces()}{ground_variables()}
body{{margin:0;background:var(--ground-page);color:var(--ground-text);font-family:{FONT_FAMILY}}}
._dash-loading{{padding:3rem 1.5rem;font-size:1.1rem}}</style>
<script>{_EARLY_SCHEME}</script>
{{%css%}}
</head>
<body>
<noscript>The planner needs JavaScript; please enable it in your browser.</noscript>
{{%app_entry%}}
<footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
</body>
</html>"""
"""The page that Dash fills: language, no flash of the wrong scheme, fonts; nothing from elsewhere."""
