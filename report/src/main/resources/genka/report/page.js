"use strict";
(() => {
  const root = document.documentElement;
  const drawn = new Map();
  let data = JSON.parse(document.getElementById("data").textContent);

  const colour = name => getComputedStyle(root).getPropertyValue("--" + name).trim();
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

  const significant = (value, digits) => {
    const size = Math.abs(value);
    if (size >= 1e6) return +(value / 1e6).toPrecision(digits) + " M";
    if (size >= 1e4) return +(value / 1e3).toPrecision(digits) + " k";
    return String(+value.toPrecision(digits));
  };
  const figure = {
    NUMBER: value => significant(value, 3),
    PERCENT: value => +(100 * value).toFixed(1) + " %",
    TOKENS: value => significant(value, 3),
    AMOUNT: (value, axis) => significant(value, 3) + " " + axis.name,
    USD: value => "$" + significant(value, 3),
    LOG: value => value.toExponential(1),
  };

  const bandAt = (chart, x) => {
    const at = chart.bands.findIndex(band => x <= band.to + 1e-9);
    return at < 0 ? chart.bands.length - 1 : at;
  };
  const moment = (chart, x) => {
    if (chart.across) return x + " " + chart.across;
    const band = chart.bands[bandAt(chart, x)];
    return band.name + ", step " + Math.round((x - band.from) / (band.to - band.from) * band.steps);
  };
  const escaped = text => text.replace(/[&<>"']/g, c => "&#" + c.charCodeAt(0) + ";");

  const family = getComputedStyle(document.body).fontFamily;
  const ruler = document.createElement("canvas").getContext("2d");
  const wide = words => { ruler.font = "12px " + family; return ruler.measureText(words).width; };

  /* Names beneath a timeline, in as many rows as it takes for none to run into another. One that would run out of it ends with it. */
  const ROW = 15, GAP = 8;
  const staggered = (names, width) => {
    const ends = [];
    return names.map(name => {
      const atEnd = name.from + name.width > width;
      const from = atEnd ? width - name.width : name.from;
      let row = ends.findIndex(end => end + GAP <= from);
      if (row < 0) row = ends.length;
      ends[row] = from + name.width;
      return { row, atEnd };
    });
  };

  const wrapped = (widths, width) => {
    let rows = 1, end = 0;
    for (const each of widths) {
      if (end > 0 && end + each > width) { rows++; end = 0; }
      end += each;
    }
    return rows;
  };

  /* The figures at the hovered moment: each line's last point at or before it, of the same stage. */
  const tooltip = chart => items => {
    const x = items[0].axisValue;
    const rows = chart.lines.map(line => {
      let at = null;
      for (const point of line.parts[bandAt(chart, x)]) { if (point[0] > x + 1e-9) break; at = point; }
      return at === null || (chart.across && at[0] !== x) ? "" :
        `<tr><td style="padding:0 14px 0 0"><span style="color:${colour(line.tone)}">${line.faint ? "┄" : "━"}</span> ${escaped(line.name)}</td>` +
        `<td style="padding:0;text-align:right"><b>${escaped(figure[chart.axes[line.axis].unit](at[1], chart.axes[line.axis]))}</b></td></tr>`;
    });
    return `<div style="margin-bottom:4px">${escaped(moment(chart, x))}</div><table style="width:auto;font-size:13px">${rows.join("")}</table>`;
  };

  const option = (chart, width) => {
    const soft = colour("soft"), rule = colour("line"), ink = colour("ink");
    const many = chart.bands.length > 1;
    const end = chart.bands[chart.bands.length - 1].to;
    const text = { color: soft, fontSize: 12, fontFamily: family };
    const two = chart.axes.length > 1;
    const plot = width - (two ? 84 : 56);
    const called = band => width < 700 ? band.name : `${band.name} · ${band.steps} ${band.steps === 1 ? "step" : "steps"}`;
    const across = chart.across || (many ? "" : "step of " + chart.bands[0].name);
    const names = staggered(chart.bands.map(band => ({ from: band.from / end * plot, width: wide(called(band)) + 2 })), plot);
    const rows = many ? 1 + Math.max(...names.map(name => name.row)) : 1;
    const named = chart.lines.filter(line => !line.faint).map(line => line.name);
    const legend = named.length > 1 || named[0].toLowerCase() !== chart.title.toLowerCase();
    const legendRows = wrapped(named.map(name => wide(name) + 38), width);
    return {
      animation: false,
      textStyle: { fontFamily: text.fontFamily },
      grid: { left: 4, right: two ? 4 : 12, top: (legend ? 16 + 24 * legendRows : 14) + (two ? 20 : 0), bottom: 4 + ROW * (rows - 1) + (across ? 24 : 0), containLabel: true },
      legend: !legend ? undefined : {
        left: 0, top: 0, icon: "roundRect", itemWidth: 14, itemHeight: 3, itemGap: 18, textStyle: text, inactiveColor: rule,
        data: named,
      },
      tooltip: {
        trigger: "axis", confine: true, backgroundColor: colour("card"), borderColor: rule, padding: [8, 12],
        textStyle: { color: ink, fontSize: 13 }, extraCssText: "box-shadow:0 6px 24px rgb(0 0 0/.14);border-radius:8px",
        axisPointer: { lineStyle: { color: soft, type: [3, 3] } }, formatter: tooltip(chart),
      },
      xAxis: {
        type: "value", min: 0, max: end, axisLine: { lineStyle: { color: rule } }, axisTick: { show: false }, splitLine: { show: false },
        axisLabel: many ? { show: true, ...text, color: "transparent", fontSize: 10 } : { ...text, hideOverlap: true }, axisPointer: { label: { show: false } },
        ...(across ? { name: across, nameLocation: "middle", nameGap: 28, nameTextStyle: text } : {}),
        ...(chart.across ? { type: "log", logBase: 2, axisLabel: { ...text, hideOverlap: true, formatter: String }, min: chart.bands[0].from } : {}),
      },
      yAxis: chart.axes.map((axis, i) => ({
        type: axis.unit === "LOG" ? "log" : "value", position: i ? "right" : "left", scale: axis.unit === "NUMBER",
        min: axis.unit === "PERCENT" ? 0 : undefined, max: axis.unit === "PERCENT" ? 1 : undefined, interval: axis.unit === "PERCENT" ? .25 : undefined, splitNumber: 4,
        ...(two ? { name: axis.name, nameGap: 12, nameTextStyle: { ...text, align: i ? "right" : "left" } } : {}),
        axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: i === 0, lineStyle: { color: rule } },
        axisLabel: { ...text, formatter: axis.unit === "LOG" ? value => value.toExponential(0) : value => figure[axis.unit](value, axis),
          color: two ? colour(chart.lines.find(line => line.axis === i).tone) : soft },
      })),
      series: chart.lines.map((line, i) => ({
        name: line.name, type: "line", yAxisIndex: line.axis, color: colour(line.tone),
        data: line.parts.flatMap((part, band) => band && part.length ? [[part[0][0], null], ...part] : part),
        symbol: line.dots ? "circle" : "none", symbolSize: line.parts.flat().length > 40 ? 4 : 7, showAllSymbol: true,
        lineStyle: { width: line.faint ? 1 : 2.2, opacity: line.faint ? .75 : 1, type: line.faint ? [4, 3] : "solid" },
        itemStyle: { opacity: line.faint ? .75 : 1 }, z: line.faint ? 1 : 3, silent: true,
        markLine: i ? undefined : {
          silent: true, symbol: "none", animation: false, z: 1,
          data: [
            ...(many ? chart.bands.flatMap((band, at) => [
              { xAxis: band.from, lineStyle: { color: band.from ? rule : "transparent", type: "solid", width: 1 }, label: { show: false } },
              {
                xAxis: names[at].atEnd ? end : band.from, lineStyle: { color: "transparent" },
                label: { ...text, formatter: called(band), position: "start", align: names[at].atEnd ? "right" : "left", distance: [0, 6 + ROW * names[at].row], padding: [0, 0, 0, 2] },
              },
            ]) : []),
            ...chart.marks.map(mark => ({
              xAxis: mark.x, lineStyle: { color: ink, type: [2, 3], width: 1.2 },
              label: { formatter: mark.words, position: "end", align: chart.across && mark.x === chart.bands[0].from ? "left" : mark.x === end ? "right" : "center", color: ink, fontWeight: 600, fontSize: 13, fontFamily: text.fontFamily },
            })),
          ],
        },
      })),
    };
  };

  const rgb = name => colour(name).match(/[0-9a-f]{2}/gi).map(hex => parseInt(hex, 16));
  const mixed = (from, to, share) => from.map((c, i) => Math.round(c + (to[i] - c) * share));

  /* One pixel an expert and moment; the style sheet stretches it. Plain is an even share, as wide each side as twice as much. */
  const paint = () => {
    const even = rgb("line"), less = rgb("third"), more = rgb("length");
    for (const map of data.heatMaps) {
      const canvas = document.getElementById("map-" + map.id);
      if (!canvas) continue;
      canvas.width = map.columns;
      canvas.height = map.rows;
      const context = canvas.getContext("2d");
      const image = context.createImageData(map.columns, map.rows);
      map.values.forEach((value, i) => {
        const share = Math.min(1, Math.abs(value - 100) / 100);
        image.data.set([...mixed(even, value < 100 ? less : more, share), value < 0 ? 0 : 255], 4 * i);
      });
      context.putImageData(image, 0, 0);
    }
    for (const line of document.querySelectorAll(".bands")) {
      const spans = [...line.children];
      const names = staggered(spans.map(span => ({ from: line.clientWidth * parseFloat(span.dataset.from) / 100, width: wide(span.textContent) })), line.clientWidth);
      spans.forEach((span, at) => {
        span.style.top = ROW * names[at].row + "px";
        span.style.left = names[at].atEnd ? "auto" : span.dataset.from + "%";
        span.style.right = names[at].atEnd ? "0" : "auto";
      });
      line.style.height = ROW * (1 + Math.max(0, ...names.map(name => name.row))) + "px";
    }
  };

  const draw = () => {
    paint();
    for (const [id, picture] of drawn) {
      if (!picture.getDom().isConnected) { picture.dispose(); drawn.delete(id); }
    }
    for (const chart of data.charts) {
      const place = document.getElementById("chart-" + chart.id);
      if (!place) continue;
      let picture = drawn.get(chart.id);
      if (!picture) {
        picture = echarts.init(place, null, { renderer: "svg" });
        drawn.set(chart.id, picture);
        new ResizeObserver(() => { picture.resize(); picture.setOption(option(chart, place.clientWidth), true); }).observe(place);
      }
      picture.setOption(option(chart, place.clientWidth), true);
    }
    root.dataset.drawn = drawn.size;
  };

  /* A browser may keep nothing for a file. */
  const kept = theme => {
    try {
      if (theme) localStorage.setItem("genka-theme", theme);
      else root.dataset.theme = localStorage.getItem("genka-theme") || "";
    } catch { }
  };
  kept();
  const button = document.getElementById("theme");
  const label = () => { button.textContent = dark() ? "Light" : "Dark"; button.setAttribute("aria-label", button.textContent + " theme"); };
  button.hidden = false;
  button.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; kept(root.dataset.theme); label(); draw(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { label(); draw(); });
  matchMedia("print").addEventListener("change", draw);
  addEventListener("resize", paint);
  label();
  draw();
  globalThis.genka = { show: now => { data = now; draw(); } };
})();
