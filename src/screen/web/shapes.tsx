import type { ComponentChildren } from 'preact';
import type { Shape } from '../view.ts';

function Picture({ children, name }: { readonly children: ComponentChildren; readonly name: string }) {
  return (
    <svg class={`picture ${name}`} viewBox="0 0 200 200" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

/** Looks like a code from afar and cannot be scanned. */
export function CodeMark({ x, y, size }: { readonly x: number; readonly y: number; readonly size: number }) {
  const cell = size / 7;
  const corners = [
    [0, 0],
    [4, 0],
    [0, 4],
  ] as const;
  const dots = [
    [4, 4],
    [6, 4],
    [5, 5],
    [4, 6],
    [6, 6],
    [3, 2],
    [2, 3],
  ] as const;
  return (
    <g class="code">
      {corners.map(([column, row]) => (
        <g key={`${column}-${row}`}>
          <rect
            class="code-ring"
            x={x + (column + 0.4) * cell}
            y={y + (row + 0.4) * cell}
            width={cell * 2.2}
            height={cell * 2.2}
            stroke-width={cell * 0.8}
          />
        </g>
      ))}
      {dots.map(([column, row]) => (
        <rect key={`${column}-${row}`} x={x + column * cell} y={y + row * cell} width={cell} height={cell} />
      ))}
    </g>
  );
}

function HoldUp() {
  return (
    <Picture name="hold-up">
      <g class="reader">
        <rect class="reader-body" x="38" y="156" width="124" height="40" rx="14" />
        <rect class="reader-glass" x="54" y="164" width="92" height="17" rx="8" />
        <rect class="reader-beam" x="60" y="170.5" width="80" height="4" rx="2" />
      </g>
      <g class="arrow">
        <path class="chevron first" d="M82 116 L100 130 L118 116" />
        <path class="chevron second" d="M82 133 L100 147 L118 133" />
      </g>
      <g class="offered">
        <g transform="rotate(9 130 56)">
          <rect class="paper" x="98" y="10" width="66" height="88" rx="4" />
          <path class="paper-lines" d="M108 24 H154 M108 33 H140" />
          <CodeMark x={112} y={46} size={38} />
        </g>
        <g transform="rotate(-7 70 56)">
          <rect class="phone" x="40" y="4" width="60" height="104" rx="10" />
          <rect class="phone-glass" x="46" y="14" width="48" height="84" rx="4" />
          <CodeMark x={51} y={37} size={38} />
        </g>
      </g>
    </Picture>
  );
}

function TurningRing() {
  return (
    <Picture name="turning-ring">
      <circle class="ring-track" cx="100" cy="100" r="72" />
      <circle class="ring-run" cx="100" cy="100" r="72" pathLength="100" />
      <CodeMark x={65} y={65} size={70} />
    </Picture>
  );
}

function TickCircle() {
  return (
    <Picture name="tick-circle">
      <circle class="solid" cx="100" cy="100" r="92" />
      <path class="cut" d="M54 104 L88 137 L148 70" />
    </Picture>
  );
}

function PersonBell() {
  return (
    <Picture name="person-bell">
      <rect class="solid" x="10" y="10" width="180" height="180" rx="44" />
      <g class="figure">
        <circle cx="80" cy="72" r="25" />
        <path d="M34 156 C34 122 54 106 80 106 C106 106 126 122 126 156 Z" />
      </g>
      <g class="bell">
        <path d="M126 96 C126 78 132 68 145 68 C158 68 164 78 164 96 L170 106 H120 Z" />
        <circle cx="145" cy="113" r="6" />
        <circle cx="145" cy="64" r="5" />
      </g>
    </Picture>
  );
}

function CrossOctagon() {
  return (
    <Picture name="cross-octagon">
      <path class="solid" d="M62 8 H138 L192 62 V138 L138 192 H62 L8 138 V62 Z" />
      <path class="cut" d="M66 66 L134 134 M134 66 L66 134" />
    </Picture>
  );
}

function WarningTriangle() {
  return (
    <Picture name="warning-triangle">
      <path class="solid" d="M100 18 L192 178 H8 Z" />
      <path class="cut" d="M100 76 V122" />
      <circle class="cut-dot" cx="100" cy="149" r="10" />
    </Picture>
  );
}

/** The big picture of a view. */
export function ShapePicture({ shape }: { readonly shape: Shape }) {
  switch (shape) {
    case 'hold-up':
      return <HoldUp />;
    case 'turning-ring':
      return <TurningRing />;
    case 'tick-circle':
      return <TickCircle />;
    case 'person-bell':
      return <PersonBell />;
    case 'cross-octagon':
      return <CrossOctagon />;
    case 'warning-triangle':
      return <WarningTriangle />;
  }
}
