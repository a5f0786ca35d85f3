// Charts over time, in the colours of the theme. Times are numbers on a linear axis: no adapter.

import { hourToSecond, dayOf, onAxis, onTimeAxis } from './format.js';

const charts = new Set();

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
  86400, 172800, 604800, 2592000, 31536000].map((s) => s * 1000);

/** Colours as the style sheet resolves them for the theme of now. */
function palette() {
  const probe = document.createElement('i');
  probe.hidden = true;
  document.body.append(probe);
  const colour = (role) => {
    probe.className = `ink-${role}`;
    return getComputedStyle(probe).color;
  };
  const found = {
    one: colour('one'), two: colour('two'), text: colour('muted'), line: colour('line'),
    surface: colour('surface'),
  };
  probe.remove();
  return found;
}

let colours = null;

function timeAxis() {
  return {
    type: 'linear',
    offset: false, // bars would keep half of their place free on either side
    border: { display: false },
    grid: { display: false },
    afterBuildTicks: (axis) => {
      const room = Math.max(4, Math.floor(axis.width / 72));
      const length = axis.max - axis.min;
      const step = STEPS.find((s) => length / s <= room) ?? STEPS.at(-1);
      const ticks = [];
      for (let t = Math.ceil(axis.min / step) * step; t <= axis.max; t += step) {
        ticks.push({ value: t });
        if (ticks.length > 50) break;
      }
      axis.ticks = ticks;
      axis.tickStep = step;
    },
    ticks: {
      maxRotation: 0,
      autoSkip: false,
      callback(value) {
        return onTimeAxis(value, this.tickStep);
      },
    },
  };
}

export function valueAxis(title, more = {}) {
  return {
    border: { display: false },
    title: { display: Boolean(title), text: title },
    ticks: {
      maxTicksLimit: 5,
      callback: (value, i, ticks) => onAxis(value, ticks.length < 2 ? 1 : ticks[1].value - ticks[0].value),
    },
    afterFit: (axis) => {
      axis.width = Math.max(axis.width, 56); // the charts above each other stand in one line
    },
    ...more,
  };
}

export const line = (label, role, more = {}) => ({
  label, role, data: [], borderWidth: 2, pointRadius: 0, pointHitRadius: 12, ...more,
});

/** A chart of `{x: epoch milliseconds, y}`; `shown(item)` words a point for the tooltip. */
export function chart(canvas, type, datasets, scales, shown) {
  const made = new Chart(canvas, dressed({
    type,
    data: { datasets },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      parsing: false,
      normalized: true,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      plugins: {
        colors: { enabled: false },
        legend: { display: false },
        tooltip: {
          displayColors: false,
          callbacks: {
            title: (items) => (items.length
              ? `${dayOf(items[0].parsed.x)} ${hourToSecond(items[0].parsed.x)} UTC` : ''),
            label: shown,
          },
        },
      },
      scales: { x: timeAxis(), ...scales },
    },
  }));
  charts.add(made);
  return made;
}

export function drop(made) {
  charts.delete(made);
  made.destroy();
}

/** From when to when: some seconds at least, so that one point alone has an axis too. */
export function range(made, from, to) {
  const room = Math.max(15000 - (to - from) / 2, (to - from) * 0.02);
  Object.assign(made.config.options.scales.x, { min: from - room, max: to + room });
}

function dressed(config) {
  colours ??= palette();
  for (const set of config.data.datasets) {
    set.borderColor = colours[set.role];
    set.backgroundColor = colours[set.role];
    set.pointBackgroundColor = colours[set.role];
  }
  const { options } = config;
  options.color = colours.text;
  options.font = { family: getComputedStyle(document.body).fontFamily, size: 12 };
  const tip = options.plugins.tooltip;
  tip.backgroundColor = colours.text;
  tip.titleColor = colours.surface;
  tip.bodyColor = colours.surface;
  for (const scale of Object.values(options.scales)) {
    scale.ticks.color = colours.text;
    if (scale.title) scale.title.color = colours.text;
    scale.grid = { ...scale.grid, color: colours.line };
  }
  return config;
}

document.documentElement.addEventListener('themechange', () => {
  colours = null;
  for (const made of charts) {
    dressed(made.config);
    made.update('none');
  }
});
