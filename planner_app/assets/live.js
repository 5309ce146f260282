// Live answers: ask whenever a what-if changes, show what comes back, never show something older.
//
// A revision counts questions; it travels with each and comes back with each answer. One request is under
// way at a time: the next goes out when it is answered, so moving a slider never piles up work.
(function () {
  "use strict";
  const namespace = (window.dash_clientside = window.dash_clientside || {});

  const PAUSE_MS = 90; // changes that follow one another faster are asked together
  const REST_MS = 500; // a dial at rest for this long is saved
  const AGAIN_MS = 1500; // after the connection was lost

  const session = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("");
  const live = {
    revision: 0, // of the newest question
    question: "", // what it was, to see whether anything changed
    shown: 0, // the revision whose answer is on the screen
    seen: 0, // simulated days of it
    tops: [null, null], // ends of the charts' scales
    timer: null,
    busy: false, // a request is under way
    wanted: null, // what to ask as soon as it is not
    look: null, // the request, when it only looks how a question stands
    templates: null,
    drawn: {}, // what components were given last, by id
    dials: null, // what the dials of this study said last
    unsaved: null, // and what of it is not saved yet
    saving: false,
    saves: 0,
    kept: 0, // the last of them that is in the study
    rest: null,
    study: null,
  };

  function panel() {
    return document.getElementById("live");
  }

  function set(id, props) {
    window.dash_clientside.set_props(id, props);
  }

  // Words go straight into elements that have no children of their own: every property that is set through
  // Dash costs a pass over the whole page, and there are ten such elements to every answer.
  function say(id, words) {
    const element = document.getElementById(id);
    if (element && element.textContent !== words) element.textContent = words;
  }

  function mark(state) {
    const here = panel();
    if (here) here.dataset.state = state;
  }

  // -- asking -------------------------------------------------------------------------------------

  function values(ids, numbers) {
    const found = [];
    (ids || []).forEach(function (id, place) {
      if (typeof numbers[place] === "number") found.push([id.index, id.kind, id.dial, numbers[place]]);
    });
    return found;
  }

  namespace.live = {
    changed: function (study, dials, fields, opened, dialIds, fieldIds, target, templates) {
      live.templates = templates;
      if (!study) return dash_clientside.no_update;
      const moved = values(dialIds, dials);
      const draft = opened && target && fieldIds.length ? { target: target, ids: fieldIds, values: fields } : null;
      if (study.id !== live.study) Object.assign(live, { study: study.id, dials: null, unsaved: null, saving: false });
      settle(moved);
      const question = { study: study.id, saved: study.revision, dials: moved, draft: draft };
      const text = JSON.stringify(question);
      const here = panel();
      if (!here) return dash_clientside.no_update;
      const empty = here.dataset.state === "empty"; // the page was opened anew
      const kept = study.kept && study.kept !== live.kept && sameBut(question, live.question, "saved");
      live.kept = study.kept;
      if (!empty && (text === live.question || kept)) {
        live.question = text;
        return dash_clientside.no_update;
      }
      if (empty) {
        Object.assign(live, { drawn: {}, tops: [null, null], shown: 0, seen: 0 });
        say("live-status", "Simulating the first days \u2026");
      }
      live.question = text;
      live.revision += 1;
      live.wanted = question;
      mark("pending");
      if (live.timer === null) live.timer = setTimeout(due, PAUSE_MS);
      return live.revision;
    },

    saved: function () {
      live.saving = false;
    },

    number: function (value, unit) {
      return String(Number(value.toPrecision(6))).replace("-", "\u2212") + (unit || "");
    },
  };

  // Whether a question is the last one but for one part: a dial that was saved is no new question.
  function sameBut(question, last, part) {
    return last !== "" && JSON.stringify({ ...JSON.parse(last), [part]: question[part] }) === JSON.stringify(question);
  }

  function due() {
    live.timer = null;
    if (!live.busy) go();
    else if (live.look !== null) live.look.abort(); // nobody wants to know any more
  }

  // Ask what is wanted, else look at what is under way, until there is nothing more to come.
  async function go() {
    live.busy = true;
    try {
      let more = true;
      while (more && panel()) {
        const asking = live.wanted !== null && live.timer === null;
        const revision = live.revision;
        const body = { session: session, revision: revision, tops: live.tops };
        if (asking) {
          Object.assign(body, live.wanted, { seen: 0 });
          live.wanted = null;
        } else {
          body.seen = live.shown === revision ? live.seen : 0;
        }
        more = await once(asking ? "/_live/ask" : "/_live/look", body, revision);
        if (live.timer !== null) more = false; // the next question goes out when its pause is over
        else if (live.wanted !== null) more = true;
        while (more && document.hidden && live.wanted === null) await sleep(300);
      }
    } finally {
      live.busy = false;
      if (live.wanted !== null && live.timer === null && panel()) go();
    }
  }

  // One request; returns whether there is more to come.
  async function once(address, body, revision) {
    let answer;
    const looks = body.study === undefined;
    const request = new AbortController();
    if (looks) live.look = request;
    try {
      const response = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal: request.signal,
      });
      if (!response.ok) throw new Error(String(response.status));
      answer = await response.json();
    } catch (error) {
      if (!panel()) return false;
      if (request.signal.aborted) return true;
      mark("lost");
      say("live-status", "No connection to the planner; trying again \u2026");
      await sleep(AGAIN_MS);
      ask_again();
      return true;
    } finally {
      if (looks) live.look = null;
    }
    if (!panel() || answer.revision !== live.revision || revision !== live.revision) return true;
    return show(answer);
  }

  function ask_again() {
    if (live.wanted === null && live.question) {
      live.revision += 1;
      live.wanted = JSON.parse(live.question);
    }
  }

  function sleep(ms) {
    return new Promise((done) => setTimeout(done, ms));
  }

  // -- showing ------------------------------------------------------------------------------------

  function show(answer) {
    if (answer.state === "old") {
      // The planner was started anew, or forgot a page that nobody looked at.
      ask_again();
      return true;
    }
    if (answer.state === "problem") {
      mark("problem");
      say("live-problem", answer.problem);
      say("live-status", "");
      return false;
    }
    if (answer.state === "waiting") {
      if (answer.status) say("live-status", answer.status);
      return answer.refining;
    }
    live.tops = answer.tops;
    live.shown = answer.revision;
    live.seen = answer.days;
    say("live-problem", "");
    for (const [id, words] of Object.entries(answer.words)) {
      if (id !== "live-said" || words) say(id, words);
    }
    document.getElementById("live-bar").style.transform = "scaleX(" + answer.share.toFixed(3) + ")";
    const here = panel();
    here.dataset.revision = answer.revision;
    here.dataset.days = answer.days;
    note_drawing();
    const scheme = document.documentElement.getAttribute("data-mantine-color-scheme");
    let redrawn = false;
    for (const [id, props] of answer.props) {
      const name = JSON.stringify(id);
      const text = JSON.stringify(props);
      if (live.drawn[name] === text) continue;
      live.drawn[name] = text;
      if (props.figure && live.templates) {
        props.figure.layout.template = live.templates[scheme === "dark" ? "dark" : "light"];
        redrawn = true;
      }
      set(id, props);
    }
    if (!redrawn) here.dataset.drawn = answer.revision; // the picture is right as it is
    mark(answer.refining ? "refining" : "done");
    return answer.refining;
  }

  // The panel says which revision is drawn, and not only which has arrived.
  function note_drawing() {
    const chart = document.querySelector("#live-waits-picture .js-plotly-plot");
    if (!chart || !chart.on || chart.dataset.noted) return;
    chart.dataset.noted = "yes";
    chart.on("plotly_afterplot", function () {
      const here = panel();
      if (here) here.dataset.drawn = here.dataset.revision;
    });
  }

  // -- saving dials -------------------------------------------------------------------------------

  // A dial is saved when it is let go, or has rested; one save at a time, because each makes a revision of
  // the study that the next one must know. The server leaves alone what is saved already.
  function settle(moved) {
    const now = JSON.stringify(moved);
    if (live.dials === null) live.dials = now; // as drawn
    if (now === live.dials) return;
    live.dials = now;
    live.unsaved = moved;
    clearTimeout(live.rest);
    live.rest = setTimeout(save, REST_MS);
  }

  function save() {
    clearTimeout(live.rest);
    if (!panel() || live.unsaved === null) return;
    if (live.saving) {
      live.rest = setTimeout(save, REST_MS);
      return;
    }
    live.saving = true;
    const moved = live.unsaved;
    live.unsaved = null;
    live.saves += 1;
    set("dials-at-rest", { data: { moved: moved, count: live.saves } });
  }

  function let_go() {
    if (live.unsaved !== null) setTimeout(save, 40);
  }
  document.addEventListener("pointerup", let_go, true);
  document.addEventListener("focusout", function (event) {
    if (event.target.getAttribute && event.target.getAttribute("role") === "slider") let_go();
  });
})();
