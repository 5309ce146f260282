// What the frame does in the browser: highlight, burger, templates, page titles.
(function () {
  "use strict";
  const namespace = (window.dash_clientside = window.dash_clientside || {});
  const pages = ["stories", "scenarios", "what-if", "results", "staffing", "capacity"];

  function pageOf(path) {
    const first = (path || "/").split("/")[1];
    return first === "" ? "stories" : first;
  }

  namespace.shell = {
    // The What-if link leads back to the study that was open last in this tab.
    highlight: function (path) {
      const here = pageOf(path);
      let study = "/what-if";
      try {
        const id = path.split("/")[2];
        if (here === "what-if" && id) sessionStorage.setItem("study", "/what-if/" + id);
        study = sessionStorage.getItem("study") || study;
      } catch (error) {
        // Storage may be forbidden; the link then leads to the list.
      }
      const active = pages.map((page) => page === here);
      const current = pages.map((page) => (page === here ? "page" : null));
      return [...active, ...current, study];
    },

    burger: function (opened, path, navbar) {
      const byLink = dash_clientside.callback_context.triggered.some((t) => t.prop_id === "url.pathname");
      const open = Boolean(opened) && !byLink;
      return [{ ...navbar, collapsed: { mobile: !open } }, open, open ? "menu-open" : "menu-closed"];
    },

    // The toggle knows the scheme only after its first change; the document always does.
    template: function (scheme, ids, figures, templates) {
      const now = document.documentElement.getAttribute("data-mantine-color-scheme");
      const chosen = templates && templates[now === "dark" ? "dark" : "light"];
      if (!chosen) return figures.map(() => dash_clientside.no_update);
      return figures.map((figure) =>
        figure ? { ...figure, layout: { ...figure.layout, template: chosen } } : dash_clientside.no_update
      );
    },
  };

  namespace.result = {
    copy: function () {
      const link = window.location.href;
      function old() {
        const field = document.createElement("textarea");
        field.value = link;
        document.body.appendChild(field);
        field.select();
        const done = document.execCommand("copy");
        field.remove();
        return done ? Promise.resolve() : Promise.reject();
      }
      const modern = navigator.clipboard && window.isSecureContext;
      return (modern ? navigator.clipboard.writeText(link) : old()).then(
        () => "Link copied",
        () => "Copy the address bar"
      );
    },
  };

  // The title of the window follows the heading of the page.
  const product = document.title;
  new MutationObserver(function () {
    const heading = document.querySelector("#page h1");
    const title = heading ? heading.textContent + " · " + product : product;
    if (document.title !== title) document.title = title;
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
})();
