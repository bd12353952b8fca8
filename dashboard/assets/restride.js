// What needs no server. Named functions instead of inline scripts: the policy for scripts allows no others.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.restride = {
  navigationOpen: (opened, navbar) => ({ ...navbar, collapsed: { mobile: !opened } }),
  navigationClosed: () => false,  // another page is open now: on a phone the menu would cover it
};

// An open page asks for news now and then: never while it is hidden, and never over what somebody types.
(() => {
  const before = new WeakMap();  // content -> its fields as they were before somebody touched them

  const followerOf = (content) => content?.querySelector(":scope > .follower, :scope > * > .follower");
  const contentOf = (element) => element.closest?.('[id^=\'{"content"\']');
  const fieldsOf = (content) =>
    JSON.stringify([...content.querySelectorAll("input, textarea, select, details")].map(
      (one) => [one.value, one.checked, one.open]));

  document.addEventListener("focusin", ({ target }) => {
    const content = contentOf(target), newest = followerOf(content)?.dataset.newest;
    if (newest && before.get(content)?.newest !== newest) before.set(content, { newest, fields: fieldsOf(content) });
  });

  const isBusy = (content, newest) => {
    if (!newest) return false;  // this page keeps what was typed
    if (content.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return true;
    const touched = before.get(content);
    return touched?.newest === newest && touched.fields !== fieldsOf(content);
  };

  const idText = (id) => JSON.stringify(Object.fromEntries(Object.entries(id).sort(([one], [other]) => (one < other ? -1 : 1))));

  window.dash_clientside.restride.mayAsk = (tick, id) => {
    const follower = document.getElementById(idText(id));
    const content = follower && contentOf(follower);
    const mayAsk = content && !document.hidden && !isBusy(content, follower.dataset.newest);
    return mayAsk ? tick : window.dash_clientside.no_update;
  };
})();

// What the server does not answer is not left as an endless wait, nor a press without a word.
(() => {
  const ask = window.fetch;
  const html = (type, props) => ({ namespace: "dash_html_components", type, props });
  const wordsOf = (id) => document.getElementById(id).dataset;
  const isBesideTitle = (id) => id.content === "whose";  // it stays empty: the content says it

  const fill = (id, { title, words, way }, href) => {
    window.dash_clientside.set_props(id, {
      children: html("Section", {
        className: "nothing-here",
        children: [html("H2", { children: title }), html("P", { children: words }), html("A", { href, children: way })],
      }),
    });
  };

  const say = (words) => {
    const box = document.getElementById("not-answered");
    box.textContent = `${box.dataset.title}. ${words || box.dataset.words}`;
    box.hidden = false;
    clearTimeout(box.ends);
    box.ends = setTimeout(() => { box.hidden = true; }, 10000);
  };

  // What a call of Dash was for: the contents of pages that were opened, or something that was pressed.
  const purposeOf = (body) => {
    const { output, outputs, changedPropIds = [] } = JSON.parse(body);
    const filled = [outputs].flat(2).map((one) => one?.id);
    const isOpened = output.includes('{"content"') && !output.includes("@") && changedPropIds.every((one) => one.endsWith(".id"));
    const isPress = changedPropIds.some((one) => /\.(n_clicks|n_submit|value|checked)$/.test(one));
    return { opened: isOpened ? filled.filter((id) => id?.content !== undefined) : [], isPress };
  };

  const failed = (body, isMissing, words) => {
    const { opened, isPress } = purposeOf(body);
    for (const id of opened) {
      if (isBesideTitle(id)) continue;
      if (isMissing) fill(id, wordsOf("nothing-here"), "/");
      else fill(id, wordsOf("not-shown"), window.location.href);
    }
    if (isPress && !opened.length) say(words);
    return opened.length > 0;
  };

  window.fetch = async (...all) => {
    const [address, { body } = {}] = all;
    const isCall = String(address).includes("/_dash-update-component") && typeof body === "string";
    let answer;
    try {
      answer = await ask(...all);
    } catch (lost) {  // the network, or the server is not there
      if (isCall && lost.name !== "AbortError" && failed(body, false)) return new Response(null, { status: 204 });
      throw lost;
    }
    if (answer.status < 400 || !String(address).includes("/_dash-")) return answer;
    if (answer.status === 401) {  // signed out, here or in another window: to the sign-in, and back
      window.location.assign(`/sign-in?ended&back=${encodeURIComponent(window.location.pathname + window.location.search)}`);
      if (isCall) return new Response(null, { status: 204 });  // the page is left; Dash would read the answer twice
    } else if (isCall) {
      const isSaid = answer.status === 400 || answer.status === 404;  // in words for people; a defect is not
      const words = isSaid && (answer.headers.get("Content-Type") || "").startsWith("text/") ? await answer.clone().text() : "";
      if (failed(body, answer.status === 404, words)) return new Response(null, { status: 204 });
    }
    return answer;
  };
})();
