// What the editing pages need from the browser itself.
(function () {
  "use strict";
  const namespace = (window.dash_clientside = window.dash_clientside || {});

  function idOf(button) {
    return JSON.stringify(button, Object.keys(button).sort());
  }

  namespace.editing = {
    // A list that was drawn anew has dropped the focus: the first of these that can be pressed gets it.
    focus: function (wish) {
      const ids = ((wish && wish.buttons) || []).map(idOf);
      if (!ids.length) return;
      requestAnimationFrame(function () {
        const found = ids.map((id) => document.getElementById(id)).find((item) => item && !item.disabled);
        if (found) found.focus();
      });
    },
  };

  // The file input of an upload has no place for a label of its own; it gets one as soon as it is drawn.
  function label() {
    for (const input of document.querySelectorAll("input[type=file]:not([aria-label])")) {
      input.setAttribute("aria-label", "Choose a scenario file");
    }
  }
  new MutationObserver(label).observe(document.documentElement, { childList: true, subtree: true });
})();
