from imu.report.markup import Html, element, join


def test_text_is_escaped_and_markup_is_kept() -> None:
    assert element("p", "a < b & c", element("b", "d")) == "<p>a &lt; b &amp; c<b>d</b></p>"


def test_an_attribute_cannot_be_left_early() -> None:
    assert element("p", title='" onload="x') == '<p title="&quot; onload=&quot;x"></p>'


def test_absent_parts_and_attributes_leave_nothing() -> None:
    assert element("td", None, colspan=None, hidden=True, class_="n") == '<td hidden class="n"></td>'
    assert join(None, Html("<i></i>"), "x") == "<i></i>x"
