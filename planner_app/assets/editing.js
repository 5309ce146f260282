// The file input of an upload has no place for a label of its own; it is given one as soon as it is drawn.
(function () {
  "use strict";
  function label() {
    for (const input of document.querySelectorAll("input[type=file]:not([aria-label])")) {
      input.setAttribute("aria-label", "Choose a scenario file");
    }
  }
  new MutationObserver(label).observe(document.documentElement, { childList: true, subtree: true });
})();
