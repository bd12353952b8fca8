// What needs no server. Named functions instead of inline scripts: the policy for scripts allows no others.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.restride = {
  navigationOpen: (opened, navbar) => ({ ...navbar, collapsed: { mobile: !opened } }),
};
