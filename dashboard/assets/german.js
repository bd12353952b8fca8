// German for what draws itself in the browser: calendars (Day.js) and charts (Plotly) look for it under these names.
(() => {
  const shortOf = (names, length) => names.map((name) => name.slice(0, length));
  const days = ["Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"];
  const months = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"];
  const day = "D. MMMM YYYY", time = "HH:mm";
  window.dayjs_locale_de = {
    name: "de", weekdays: days, weekdaysShort: shortOf(days, 2), weekdaysMin: shortOf(days, 2),
    months, monthsShort: shortOf(months, 3), weekStart: 1, yearStart: 4, ordinal: (number) => `${number}.`,
    formats: { LT: time, LTS: `${time}:ss`, L: "DD.MM.YYYY", LL: day, LLL: `${day} ${time}`, LLLL: `dddd, ${day} ${time}` },
  };
  window.PlotlyLocales = [...(window.PlotlyLocales || []), {
    moduleType: "locale", name: "de", dictionary: {},
    format: {
      days, shortDays: shortOf(days, 2), months, shortMonths: shortOf(months, 3), date: "%d.%m.%Y",
      dayMonth: "%-d. %b", dayMonthYear: "%-d. %b %Y", decimal: ",", thousands: ".",
    },
  }];
})();
