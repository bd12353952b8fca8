// Cells of the squad's grid. React writes all text, so nothing that somebody typed becomes markup.
(() => {
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});

  // Pressing a line, or Enter in one of its cells, follows the link of its athlete.
  functions.squadOpen = ({ event }) => {
    if (event.type === "keydown" ? event.key !== "Enter" : event.target.closest("a")) return;
    if (window.getSelection()?.toString()) return;
    event.target.closest(".ag-row")?.querySelector("a")?.click();
  };

  const make = (...all) => window.React.createElement(...all);
  const line = (className, ...children) => make("div", { className: `cell-line ${className}` }, ...children);
  const mark = (level, words) =>
    make("span", { className: `level-${level.look} cell-mark` },
      make("span", { className: "level-symbol", "aria-hidden": "true" }, level.symbol), words ?? level.word);

  cells.SquadAthlete = ({ data, levels }) =>
    make("div", { className: "cell" },
      make(window.dash_core_components.Link, { href: data.href, className: "cell-link" }, data.name),
      line("", mark(levels[data.need])),
      data.as_of ? line("cell-quiet", data.as_of) : null);

  cells.SquadNext = ({ data, levels }) =>
    make("div", { className: "cell" },
      line("cell-strong", data.stage),
      make("div", { className: "cell-clamp cell-clamp-3", title: data.next_words }, data.next_words),
      data.may_run ? line("", mark(levels[data.may_run])) : null);

  const load = (name, level, words, why) =>
    make("div", { className: "cell-line", title: why },
      make("span", { className: "cell-quiet" }, `${name} `), mark(level, words ? `${level.word}, ${words}` : level.word));

  cells.SquadLoad = ({ data, week, longest, levels }) =>
    make("div", { className: "cell" },
      load(week, levels[data.week], data.week_words, data.week_why),
      load(longest, levels[data.longest], data.longest_words, data.longest_why));

  cells.SquadWarnings = ({ data, open, none, levels }) =>
    data.warning
      ? make("div", { className: "cell" },
          line("", mark(levels[data.warning], `${data.warnings} ${open}`)),
          make("div", { title: data.warning_words },
            ...data.warning_names.map((name) => make("div", { key: name }, name))))
      : make("div", { className: "cell cell-quiet" }, none);

  cells.SquadCheckIn = ({ data }) =>
    make("div", { className: "cell" },
      data.check_in ? make("div", { className: "cell-clamp cell-clamp-3 cell-strong", title: data.check_in }, data.check_in) : null, line("cell-quiet", data.check_in_age));

  cells.SquadRuns = ({ data }) => {
    const told = data.weeks_words;
    const most = Math.max(...data.weeks, 1);
    return make("div", { className: "cell" },
      make("div", { className: "bars", role: "img", "aria-label": told, title: told },
        ...data.weeks.map((minutes, at) =>
          make("span", { key: at, style: { height: `${Math.max(4, (100 * minutes) / most)}%` } }))),
      make("div", { className: "cell-clamp cell-quiet" }, data.last_run));
  };
})();
