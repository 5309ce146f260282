// One day replayed: every moment is drawn here from one package, without asking the server
// (planner_app/answers/replay_view.py makes the package).
(function () {
  "use strict";
  const namespace = (window.dash_clientside = window.dash_clientside || {});

  const SECONDS_PER_HOUR = { slow: 12, normal: 6, fast: 2.5 };
  const SPEEDS = [["slow", "Slow"], ["normal", "Normal"], ["fast", "Fast"]];
  const MOST_DOTS = 100;
  const SVG = "http://www.w3.org/2000/svg";
  const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");

  const player = { stage: null, data: null, film: null, at: 0, drawn: -1, playing: false, last: 0, speed: "normal" };
  let parts = null; // elements that change with the moment

  namespace.replay = {
    show: function (data, scenario) {
      const stage = document.getElementById("replay-stage");
      if (!stage) return;
      const first = data !== player.data || stage !== player.stage;
      if (!data) {
        stop();
        stage.replaceChildren();
        return;
      }
      player.stage = stage;
      player.data = data;
      player.film = data.films[scenario] || data.films.baseline;
      const before = data.films.baseline;
      const held = document.activeElement && stage.contains(document.activeElement);
      build(before === player.film ? null : before, data.names[scenario] || data.names.baseline);
      if (first) {
        player.at = 0;
        player.speed = player.speed || "normal";
        if (CALM.matches) stop();
        else play();
      }
      draw(true);
      if (first || held) parts.play.focus({ preventScroll: true });
    },
  };

  // -- building ------------------------------------------------------------------------------------

  function el(tag, look, text) {
    const made = document.createElement(tag);
    if (look) made.className = look;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function svg(tag, attributes) {
    const made = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    return made;
  }

  function build(before, name) {
    const data = player.data;
    const film = player.film;
    parts = { lanes: [], crews: [], troubles: [], cursors: [] };
    const lanes = el("div", "replay-lanes");
    film.lanes.forEach((lane) => {
      lanes.append(buildLane(lane, before && before.lanes.find((other) => other.name === lane.name)));
    });
    const crews = el("div", "replay-crews");
    film.crews.forEach((crew) => crews.append(buildCrew(crew)));
    parts.told = el("p", "replay-told");
    parts.told.id = "replay-told";
    player.stage.replaceChildren(
      buildBar(data),
      buildTroubles(film),
      heading("Customers", before ? name + "; the thin grey line is the baseline on the same day" : ""),
      lanes,
      heading("Agents", "on average over each " + data.windowWords),
      legend(data.looks),
      crews,
      heading("This moment in words", ""),
      parts.told
    );
    reserve(parts.told, film.told);
  }

  // As high as its longest text, so that nothing below jumps.
  function reserve(element, texts) {
    element.textContent = texts.reduce((longest, text) => (text.length > longest.length ? text : longest), "");
    element.style.minHeight = element.offsetHeight + "px";
  }

  function heading(text, more) {
    const made = el("h3", "replay-heading", text);
    if (more) made.append(el("span", "replay-more", more));
    return made;
  }

  function buildBar(data) {
    const bar = el("div", "replay-bar");
    parts.play = el("button", "replay-play");
    parts.play.type = "button";
    parts.play.id = "replay-play";
    parts.play.addEventListener("click", () => (player.playing ? stop() : play()));
    parts.clock = el("output", "replay-clock");
    parts.clock.id = "replay-clock";
    parts.clock.setAttribute("aria-live", "off");
    const speed = el("select", "replay-speed");
    speed.setAttribute("aria-label", "Speed");
    SPEEDS.forEach(([value, text]) => {
      const option = el("option", "", text);
      option.value = value;
      speed.append(option);
    });
    speed.value = player.speed;
    speed.addEventListener("change", () => (player.speed = speed.value));
    parts.slider = el("input", "replay-slider");
    Object.assign(parts.slider, { type: "range", min: 0, max: data.labels.length - 1, step: 1, id: "replay-slider" });
    parts.slider.setAttribute("aria-label", "Time of day");
    parts.slider.addEventListener("input", () => {
      stop();
      seek(Number(parts.slider.value));
    });
    const time = el("div", "replay-time");
    time.append(parts.slider, buildTicks(data));
    const now = el("div", "replay-now replay-controls");
    now.append(parts.play, parts.clock, speed);
    bar.append(now, time);
    return bar;
  }

  function buildTicks(data) {
    const ticks = el("div", "replay-ticks");
    ticks.setAttribute("aria-hidden", "true");
    data.ticks.forEach(([place, text]) => {
      const tick = el("span", "", text);
      tick.style.left = share(place);
      ticks.append(tick);
    });
    return ticks;
  }

  function buildTroubles(film) {
    const list = el("ul", "replay-troubles");
    list.hidden = !film.troubles.length;
    film.troubles.forEach((trouble) => {
      const item = el("li", "replay-trouble");
      const state = el("span", "replay-state");
      item.append(el("strong", "", trouble.title), state);
      list.append(item);
      parts.troubles.push({ trouble: trouble, item: item, state: state });
    });
    return list;
  }

  function buildLane(lane, before) {
    const row = el("section", "replay-lane");
    row.dataset.channel = lane.name;
    row.setAttribute("aria-label", lane.title);
    const head = el("div", "replay-lane-head");
    const count = el("strong", "replay-count");
    const unit = el("span", "replay-unit", lane.unit);
    const longest = el("span", "replay-longest");
    head.append(el("h4", "replay-name", lane.title), count, unit);
    const more = el("div", "replay-lane-more");
    more.append(longest);
    const per = rounded(Math.max(...lane.there) / MOST_DOTS);
    const dots = buildDots(Math.min(MOST_DOTS, Math.ceil(Math.max(...lane.there) / per)), lane.colour);
    const flow = el("div", "replay-flow");
    const bar = el("div", "replay-sources");
    bar.setAttribute("aria-hidden", "true");
    const words = el("p", lane.sources.length > 3 ? "replay-words replay-many" : "replay-words");
    const found = lane.sources.map((source) => {
      const block = el("i");
      block.style.background = source.colour;
      if (source.from) block.className = "replay-spilled";
      bar.append(block);
      const text = el("span", "replay-source");
      const swatch = el("i", source.from ? "replay-swatch replay-spilled" : "replay-swatch");
      swatch.style.background = source.colour;
      const label = document.createTextNode("");
      text.append(swatch, label);
      words.append(text);
      return { source: source, block: block, text: text, label: label };
    });
    const lost = el("span", "replay-lost");
    words.prepend(el("span", "replay-scale", "Last " + player.data.windowWords + ":"));
    const none = el("span", "replay-scale");
    words.append(lost, none);
    flow.append(bar, words);
    if (per > 1) more.append(el("span", "replay-scale", "one dot is " + per + " customers"));
    const now = el("div", "replay-now");
    const day = el("div", "replay-day");
    now.append(head, more, dots);
    day.append(buildStrip(lane, before), flow);
    row.append(now, day);
    const most = Math.max(1, ...player.data.labels.map((_, f) => came(lane, f)));
    parts.lanes.push({ lane, row, count, longest, dots, per, found, lost, none, most, before: before });
    return row;
  }

  function buildDots(number, colour) {
    const made = el("div", "replay-dots");
    made.setAttribute("aria-hidden", "true");
    made.style.color = colour;
    for (let place = 0; place < number; place += 1) made.append(el("i"));
    made.hidden = !number;
    return made;
  }

  function buildStrip(lane, before) {
    const last = player.data.labels.length - 1;
    const most = Math.max(1, ...lane.there, ...(before ? before.there : []));
    const strip = el("div", "replay-strip");
    const picture = svg("svg", { viewBox: "0 0 " + last + " 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    player.film.troubles.forEach((trouble) => {
      const from = Math.max(0, trouble.from);
      const until = Math.min(last, trouble.until);
      picture.append(svg("rect", { x: from, y: 0, width: Math.max(0, until - from), height: 100, class: "replay-window" }));
      if (trouble.noticed !== null && trouble.noticed >= 0 && trouble.noticed <= last)
        picture.append(svg("line", { x1: trouble.noticed, x2: trouble.noticed, y1: 0, y2: 100, class: "replay-noticed" }));
    });
    const height = (count) => (100 - (94 * count) / most).toFixed(1);
    const path = (counts) => counts.map((count, f) => (f ? "H" + f + "V" : "M0 ") + height(count)).join("");
    const area = svg("path", { d: path(lane.there) + "V100H0Z", fill: lane.colour, class: "replay-area" });
    picture.append(area, svg("path", { d: path(lane.there), stroke: lane.colour, class: "replay-line" }));
    if (before) picture.append(svg("path", { d: path(before.there), class: "replay-line replay-before" }));
    const cursor = el("div", "replay-cursor");
    strip.append(picture, cursor, el("span", "replay-most", "most " + number(most)));
    strip.addEventListener("pointerdown", (event) => {
      const box = picture.getBoundingClientRect();
      stop();
      seek(Math.round((last * (event.clientX - box.left)) / box.width));
    });
    parts.cursors.push(cursor);
    return strip;
  }

  function buildCrew(crew) {
    const row = el("div", "replay-crew");
    const sizes = crew.busy.map((busy, k) => busy + crew.idle[k] + crew.overtime[k]);
    const most = Math.max(...sizes);
    const per = rounded(most / MOST_DOTS);
    const agents = el("div", "replay-agents");
    agents.setAttribute("aria-hidden", "true");
    for (let place = 0; place < Math.ceil(most / per); place += 1) agents.append(el("i"));
    const words = el("span", "replay-crew-words");
    const head = el("div", "replay-lane-head");
    head.append(el("h4", "replay-name", crew.title), words);
    if (per > 1) head.append(el("span", "replay-scale", "one square is " + per + " agents"));
    row.append(head, agents);
    parts.crews.push({ crew, agents, words, per });
    return row;
  }

  function legend(looks) {
    const list = el("ul", "legend replay-legend");
    [["busy", "Busy"], ["idle", "Idle"], ["overtime", "In overtime: finishing after the end of the shift"]].forEach(([look, text]) => {
      const item = el("li");
      item.append(el("i", "replay-agent replay-" + look), text);
      list.append(item);
    });
    Object.entries(looks).forEach(([look, colour]) => player.stage.style.setProperty("--replay-" + look, colour));
    return list;
  }

  // -- playing -------------------------------------------------------------------------------------

  function play() {
    if (player.at >= player.data.labels.length - 1) player.at = 0;
    player.playing = true;
    player.last = performance.now();
    settle();
    requestAnimationFrame(tick);
  }

  function stop() {
    player.playing = false;
    if (parts) settle();
  }

  function seek(place) {
    player.at = Math.min(Math.max(place, 0), player.data.labels.length - 1);
    draw(false);
  }

  function tick(now) {
    if (!player.playing) return;
    if (!document.contains(parts.play)) {
      player.playing = false; // the page was left
      return;
    }
    const perSecond = player.data.perHour / SECONDS_PER_HOUR[player.speed];
    player.at += (perSecond * Math.min(now - player.last, 250)) / 1000;
    player.last = now;
    const last = player.data.labels.length - 1;
    if (player.at >= last) {
      player.at = last;
      stop();
    } else {
      requestAnimationFrame(tick);
    }
    draw(false);
  }

  function settle() {
    parts.play.textContent = player.playing ? "Pause" : "Play";
    parts.play.dataset.playing = String(player.playing);
    player.stage.dataset.playing = String(player.playing);
    parts.told.setAttribute("aria-live", player.playing ? "off" : "polite");
  }

  // -- drawing -------------------------------------------------------------------------------------

  function draw(anew) {
    const place = Math.floor(player.at + 1e-9);
    const left = share(player.at);
    parts.cursors.forEach((cursor) => (cursor.style.left = left));
    if (!anew && place === player.drawn) return;
    const moved = place === player.drawn + 1 && player.playing && !CALM.matches;
    player.drawn = place;
    const label = player.data.labels[place];
    say(parts.clock, label);
    parts.slider.value = place;
    parts.slider.setAttribute("aria-valuetext", label);
    player.stage.dataset.moment = String(place);
    settle();
    parts.troubles.forEach((one) => drawTrouble(one, place));
    parts.lanes.forEach((one) => drawLane(one, place));
    parts.crews.forEach((one) => drawCrew(one, player.film.interval[place]));
    say(parts.told, player.film.told[place]);
    if (moved) parts.lanes.forEach((one) => drift(one, place));
  }

  function drawTrouble(one, at) {
    let text = one.trouble.states[0][1];
    one.trouble.states.forEach(([place, state]) => {
      if (place !== null && place <= at + 1e-6) text = state;
    });
    say(one.state, text);
    const stage = at < one.trouble.from ? "before" : at < one.trouble.until ? "now" : "after";
    if (one.item.dataset.stage !== stage) one.item.dataset.stage = stage;
  }

  function drawLane(one, place) {
    const lane = one.lane;
    const count = lane.there[place];
    const usual = one.before ? " (baseline " + number(one.before.there[place]) + ")" : "";
    say(one.count, number(count));
    say(one.count.nextSibling, lane.unit + usual);
    const calls = lane.callbacks.length && lane.callbacks[place] ? number(lane.callbacks[place]) + " to be rung back" : "";
    const longest = lane.longest[place] >= 1 ? lane.longestName.toLowerCase() + " " + clock(lane.longest[place]) : "";
    say(one.longest, [longest, calls].filter(Boolean).join(" \u00b7 "));
    fill(one.dots, Math.ceil(count / one.per));
    one.found.forEach((source) => {
      const came = recent(source.source.counts, place);
      const width = (100 * came) / one.most + "%";
      if (source.block.style.width !== width) source.block.style.width = width;
      source.text.hidden = !came;
      if (came) source.label.data = number(came) + " " + source.source.title;
    });
    const lost = lane.lost.length ? recent(lane.lost, place) : 0;
    say(one.lost, lost ? number(lost) + " " + lane.lostName : "");
    one.lost.hidden = !lost;
    say(one.none, came(lane, place) || lost ? "" : "nobody came");
  }

  function drawCrew(one, row) {
    const crew = one.crew;
    const busy = crew.busy[row];
    const idle = crew.idle[row];
    const late = crew.overtime[row];
    say(one.words, number(busy) + " busy, " + number(idle) + " idle" + (late ? ", " + number(late) + " in overtime" : ""));
    const ends = [busy, busy + idle, busy + idle + late].map((count) => Math.round(count / one.per));
    const looks = ["replay-agent replay-busy", "replay-agent replay-idle", "replay-agent replay-overtime"];
    Array.from(one.agents.children).forEach((agent, place) => {
      const look = looks[ends.findIndex((end) => place < end)] || "replay-agent replay-absent";
      if (agent.className !== look) agent.className = look;
    });
  }

  function fill(dots, count) {
    const before = Number(dots.dataset.count || 0);
    for (let place = Math.min(before, count); place < Math.max(before, count); place += 1)
      if (dots.children[place]) dots.children[place].className = place < count ? "on" : "";
    dots.dataset.count = String(count);
  }

  // Customers whom a channel has failed, on their way to another one: a few dots from row to row.
  function drift(one, place) {
    one.lane.sources.forEach((source) => {
      if (!source.from || !place) return;
      const came = source.counts[place] - source.counts[place - 1];
      const origin = parts.lanes.find((other) => other.lane.name === source.from);
      if (!came || !origin || !parts.play.isConnected) return;
      const stage = player.stage.getBoundingClientRect();
      const start = origin.row.querySelector(".replay-flow").getBoundingClientRect();
      const end = one.row.querySelector(".replay-dots").getBoundingClientRect();
      for (let dot = 0; dot < Math.min(came, 4); dot += 1) {
        const mark = el("i", "replay-mover");
        mark.style.background = source.colour;
        const from = [start.left - stage.left + 20 + 34 * dot, start.top - stage.top];
        const to = [end.left - stage.left + 8 + 26 * dot, end.top - stage.top + 4];
        player.stage.append(mark);
        mark.animate(
          [
            { transform: "translate(" + from[0] + "px," + from[1] + "px)", opacity: 0.2 },
            { opacity: 1, offset: 0.3 },
            { transform: "translate(" + to[0] + "px," + to[1] + "px)", opacity: 0.2 },
          ],
          { duration: 700, delay: 60 * dot, easing: "ease-in-out" }
        ).finished.then(() => mark.remove(), () => mark.remove());
      }
    });
  }

  // -- numbers -------------------------------------------------------------------------------------

  // What came within the last interval, from counts so far.
  function recent(counts, place) {
    const before = place - player.data.window;
    return counts[place] - (before >= 0 ? counts[before] : counts[0]);
  }

  function came(lane, place) {
    return lane.sources.reduce((sum, source) => sum + recent(source.counts, place), 0);
  }

  function rounded(size) {
    return [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((step) => step >= size) || Math.ceil(size);
  }

  function number(count) {
    return count.toLocaleString("en-GB");
  }

  function clock(seconds) {
    const two = (part) => String(part).padStart(2, "0");
    if (seconds < 60) return seconds + " s";
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return minutes + ":" + two(seconds % 60);
    return Math.floor(minutes / 60) + ":" + two(minutes % 60) + ":" + two(seconds % 60);
  }

  function share(place) {
    return (100 * place) / (player.data.labels.length - 1) + "%";
  }

  function say(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }
})();
