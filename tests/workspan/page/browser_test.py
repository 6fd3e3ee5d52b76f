# SPDX-License-Identifier: Apache-2.0
"""The page in a browser: quiet, live by mouse, keyboard and finger, and whole without script.

One session of Chromium for all tests; skipped where there is none.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import WHY_NOT, Browser, browser
from hostile_file import MARK, STRINGS, hostile_file
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from workspan.page.page import page
from workspan.page.sources import Source

pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as one:
        yield one


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, h100_page: str) -> Path:
    place = tmp_path_factory.mktemp("pages")
    (place / "h100.html").write_text(h100_page)
    hostile = Source(STRINGS[0], hostile_file(), "0" * 64)
    (place / "hostile.html").write_text(page([hostile]))
    return place


@pytest.fixture
def opened(chromium: Browser, folder: Path) -> Iterator[Browser]:
    chromium.media()
    chromium.open(folder / "h100.html")
    yield chromium
    assert chromium.messages() == []


def find(on: Browser, selector: str) -> Any:
    return on.driver.find_element(By.CSS_SELECTOR, selector)


def shown(on: Browser, selector: str) -> str:
    return f"getComputedStyle(document.querySelector('{selector}'))"


TIP = "document.getElementById('tip')"


def test_the_page_is_quiet_and_loads_nothing(opened: Browser) -> None:
    asked = [url for url in opened.requests() if not url.startswith("data:")]
    assert len(asked) == 1
    assert asked[0].endswith("/h100.html")
    assert opened.run("document.documentElement.classList.contains('js')"), "the script ran"


def test_hostile_strings_run_nothing(chromium: Browser, folder: Path) -> None:
    chromium.open(folder / "hostile.html")
    assert [url for url in chromium.requests() if MARK in url] == []
    assert chromium.run("document.title") != MARK
    assert chromium.run("document.scripts.length") == 1
    chromium.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert STRINGS[0] in chromium.run("document.getElementById('main').innerText")
    assert chromium.messages() == []


def test_a_tip_shows_on_hover_focus_and_tap(opened: Browser) -> None:
    mark = find(opened, ".wide .mark")
    opened.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", mark)
    assert opened.run(f"{TIP}.hidden")
    ActionChains(opened.driver).move_to_element(mark).perform()
    text = opened.run(f"{TIP}.textContent")
    assert not opened.run(f"{TIP}.hidden")
    assert "vs seq" in text
    assert "n = 2" in text
    find(opened, "body").send_keys(Keys.ESCAPE)
    assert opened.run(f"{TIP}.hidden")
    opened.run("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", mark)
    assert opened.run(f"{TIP}.textContent") == text
    inside = (
        f"(r => r.left >= 0 && r.right <= innerWidth && r.top >= 0)({TIP}.getBoundingClientRect())"
    )
    assert opened.run(inside)


def at_rest(on: Browser) -> None:
    """Waits for the end of smooth scrolling."""
    before, quiet = None, 0
    while quiet < 4:
        time.sleep(0.1)
        now = on.run("scrollY")
        before, quiet = now, quiet + 1 if now == before else 0


def in_the_window(on: Browser, element: str) -> bool:
    inside = "(r => r.height > 0 && r.top >= 0 && r.bottom <= innerHeight)"
    return bool(on.run(f"{inside}({element}.getBoundingClientRect())"))


def test_tab_stops_once_at_each_chart_and_its_tip_stays(opened: Browser) -> None:
    opened.resize(1200)
    charts = "[...document.querySelectorAll('.wide svg, .cards .narrow svg')]"
    shown_charts = f"{charts}.filter(s => s.querySelector('.mark') && s.clientWidth)"
    wanted, told = opened.run(f"{shown_charts}.length"), []
    find(opened, "h1").click()
    over = ActionChains(opened.driver).move_to_element(find(opened, "h1"))
    over.move_by_offset(0, 300).perform()  # where scrolling moves charts below the pointer
    for _ in range(200):
        ActionChains(opened.driver).send_keys(Keys.TAB).perform()
        assert opened.run("document.activeElement.tagName") != "svg"
        if not opened.run("document.activeElement.matches('.mark')"):
            continue
        at_rest(opened)
        assert in_the_window(opened, TIP), "scrolling to the mark did not hide its tip"
        assert in_the_window(opened, "document.activeElement")
        told.append(opened.run("document.activeElement.getAttribute('aria-label')"))
        assert opened.run(f"{TIP}.textContent") == told[-1]
        ring = "getComputedStyle(document.activeElement)"
        assert opened.run(f"{ring}.outlineStyle + {ring}.outlineWidth") == "solid2px"
        if len(told) == wanted:
            break
    assert len(told) == wanted > 3


def test_the_pointer_gives_the_tip_back_to_the_mark_with_the_focus(opened: Browser) -> None:
    focused, other = opened.driver.find_elements(By.CSS_SELECTOR, ".wide .mark")[:2]
    opened.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", focused)
    opened.run("arguments[0].focus({focusVisible: true})", focused)
    text = opened.run(f"{TIP}.textContent")
    ActionChains(opened.driver).move_to_element(other).perform()
    assert opened.run(f"{TIP}.textContent") == other.get_attribute("aria-label") != text
    beside = ActionChains(opened.driver).move_to_element_with_offset(other, 20, 0)
    beside.perform()
    assert opened.run(f"{TIP}.textContent") == text
    ActionChains(opened.driver).send_keys(Keys.ESCAPE).perform()
    beside.perform()
    assert opened.run(f"{TIP}.hidden")


def test_a_tip_follows_its_mark_out_of_the_window_and_back(opened: Browser) -> None:
    opened.run("document.querySelector('.wide .mark').focus()")
    at_rest(opened)
    for away, hidden in ((5000, True), (-5000, False)):
        opened.run(f"scrollBy({{top: {away}, behavior: 'instant'}})")
        at_rest(opened)
        assert opened.run(f"{TIP}.hidden") is hidden


def test_the_arrows_walk_through_the_marks_of_a_chart(opened: Browser) -> None:
    stops = "document.querySelectorAll('.wide svg .mark[tabindex=\"0\"]').length"
    charts = "[...document.querySelectorAll('.wide svg')].filter(s => s.querySelector('.mark'))"
    assert opened.run(stops) == opened.run(f"{charts}.length"), "one stop a chart"
    opened.run("document.querySelector('.wide .mark').focus()")
    first = opened.run(f"{TIP}.textContent")
    ActionChains(opened.driver).send_keys(Keys.ARROW_RIGHT).perform()
    at_rest(opened)
    assert not opened.run(f"{TIP}.hidden")
    second = opened.run(f"{TIP}.textContent")
    assert second != first
    ActionChains(opened.driver).send_keys(Keys.ARROW_LEFT).perform()
    assert opened.run(f"{TIP}.textContent") == first
    assert opened.run("document.activeElement.getAttribute('aria-label')") == first


def test_the_legend_dims_all_other_places_in_all_charts(opened: Browser) -> None:
    item = find(opened, ".legend li[data-kind=gpu]")
    dim = "[...document.querySelectorAll('.kinds .wide .mark')].filter(m => {0}).length"
    others = dim.format("!m.matches('.k-gpu') && getComputedStyle(m).opacity < 0.5")
    same = dim.format("m.matches('.k-gpu') && getComputedStyle(m).opacity == 1")
    all_others = dim.format("!m.matches('.k-gpu')")
    assert opened.run(others) == 0
    ActionChains(opened.driver).move_to_element(item).perform()
    assert opened.run(others) == opened.run(all_others) > 50
    assert opened.run(same) > 20
    ActionChains(opened.driver).move_to_element(find(opened, "h1")).perform()
    assert opened.run(others) == 0
    opened.run("arguments[0].focus()", item)
    item.send_keys(Keys.ENTER)
    opened.run("document.activeElement.blur()")
    assert opened.run(others) > 50, "a choice stays"
    assert item.get_attribute("aria-pressed") == "true"


def cells(on: Browser, column: int) -> list[str]:
    rows = "[...document.querySelectorAll('#speedup .block:nth-of-type(2) tbody tr')]"
    return list(on.run(f"{rows}.map(row => row.cells[{column}].firstChild.textContent)"))


def test_a_table_sorts_by_mouse_and_keyboard(opened: Browser) -> None:
    before = cells(opened, 5)
    button = find(opened, "#speedup .block:nth-of-type(2) th:nth-child(6) button")
    assert button.text == "vs seq"
    opened.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", button)
    button.click()
    up = [float(text) for text in cells(opened, 5)]
    assert up == sorted(float(text) for text in before) != [float(text) for text in before]
    button.send_keys(Keys.ENTER)
    assert [float(text) for text in cells(opened, 5)] == up[::-1]
    by_time = find(opened, "#speedup .block:nth-of-type(2) th:nth-child(4) button")
    by_time.click()
    assert cells(opened, 3)[0].endswith("us"), "times sort by seconds, not by their digits"
    by_name = find(opened, "#speedup .block:nth-of-type(2) th:first-child button")
    by_name.click()
    assert cells(opened, 0) == sorted(cells(opened, 0))


def test_the_cases_unfold_and_are_searched(opened: Browser) -> None:
    fold = find(opened, "#cases summary")
    opened.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", fold)
    assert not opened.run("document.querySelector('#cases details').open")
    opened.run("arguments[0].focus()", fold)
    ActionChains(opened.driver).send_keys(Keys.ENTER).perform()
    assert opened.run("document.querySelector('#cases details').open")
    find(opened, "#cases input").send_keys("gemm CUDA_")
    visible = "[...document.querySelectorAll('#cases tbody tr')].filter(r => !r.hidden)"
    found = opened.run(f"{visible}.map(row => row.cells[0].textContent + row.cells[2].textContent)")
    assert found
    assert all(one.startswith("gemmcuda_") for one in found)
    assert find(opened, "#cases output").text == f"{len(found)} of 296"
    find(opened, "#open-all").click()
    assert opened.run("[...document.querySelectorAll('details')].every(fold => fold.open)")


def test_tables_fit_and_remarks_stay_in_their_cells(opened: Browser) -> None:
    wide = "[...document.querySelectorAll('{0}')].filter(e => e.scrollWidth > e.clientWidth).length"
    assert opened.run("document.querySelectorAll('.block > .scroll').length") >= 2
    assert opened.run(wide.format(".block > .scroll")) == 0
    opened.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert opened.run(wide.format("td i")) == 0


def test_a_phone_never_scrolls_sideways(chromium: Browser, folder: Path) -> None:
    chromium.media()
    chromium.open(folder / "h100.html", 390)
    for _ in range(2):
        assert chromium.run("document.documentElement.scrollWidth") == 390
        chromium.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert chromium.run("getComputedStyle(document.querySelector('.wide')).display") == "none"
    assert (
        chromium.run("document.querySelector('.narrow svg').getBoundingClientRect().right") <= 390
    )
    chromium.open(folder / "hostile.html", 390)
    chromium.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert chromium.run("document.documentElement.scrollWidth") == 390


def test_a_table_that_scrolls_has_a_shadow_at_its_edge(chromium: Browser, folder: Path) -> None:
    chromium.media()
    chromium.open(folder / "h100.html", 390)
    assert chromium.run(f"{shown(chromium, '.scroll')}.backgroundAttachment").endswith("scroll")
    light = chromium.run(f"{shown(chromium, '.scroll')}.backgroundImage")
    assert light.count("linear-gradient(") == 4
    chromium.media(scheme="dark")
    assert chromium.run(f"{shown(chromium, '.scroll')}.backgroundImage") != light
    chromium.media("print")
    assert chromium.run(f"{shown(chromium, '.scroll')}.backgroundImage") == "none"


def test_a_number_and_its_unit_stay_on_one_line(chromium: Browser, folder: Path) -> None:
    chromium.media()
    for width in (390, 1200):
        chromium.open(folder / "h100.html", width)
        chromium.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        rates = (
            "[...document.querySelectorAll('td')].filter(e => /^[0-9.]+ .*\\/s/.test(e.innerText))"
        )
        assert chromium.run(f"{rates}.length") > 50
        assert chromium.run(f"{rates}.filter(e => e.querySelector('wbr')).length") == 0


def test_dark_is_dark_and_print_is_light_with_open_folds(opened: Browser) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    ink = "getComputedStyle(document.querySelector('.wide svg text')).fill"
    light = opened.run(paper), opened.run(ink)
    opened.media(scheme="dark")
    dark = opened.run(paper), opened.run(ink)
    assert light[0] == "rgb(255, 255, 255)"
    assert dark[0] == "rgb(22, 24, 27)"
    assert light[1] != dark[1]
    opened.media("print", "dark")
    assert (opened.run(paper), opened.run(ink)) == light
    assert opened.run("getComputedStyle(document.querySelector('aside')).display") == "none"
    opened.run("window.dispatchEvent(new Event('beforeprint'))")
    closed = "[...document.querySelectorAll('details:not([open])')]"
    assert opened.run(f"{closed}.every(fold => 'unprinted' in fold.dataset)")
    opened.run("window.dispatchEvent(new Event('afterprint'))")
    assert opened.run(f"{closed}.length") > 3


def test_without_script_everything_is_there(chromium: Browser, folder: Path) -> None:
    chromium.media()
    chromium.open(folder / "h100.html", script=False)
    assert len(chromium.driver.find_elements(By.CSS_SELECTOR, "figure svg")) >= 6
    assert find(chromium, ".mark > title").get_attribute("textContent")
    assert not find(chromium, "#open-all").is_displayed()
    assert not find(chromium, "#cases input").is_displayed()
    fold = find(chromium, "#cases summary")
    fold.send_keys(Keys.ENTER)
    assert find(chromium, "#cases td").is_displayed()
    chromium.open(folder / "h100.html")
