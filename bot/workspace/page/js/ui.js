// The one door to the vendored libraries, plus three small helpers that every component shares. Knows nothing of the workspace.

import { html, render, Component, createContext, useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback, useContext,
  useErrorBoundary } from "../vendor/htm-preact-standalone.module.js";

export { html, render, Component, createContext, useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback, useContext,
  useErrorBoundary };

/** A component that is drawn again only when one of its properties is another value. */
export function memo(draw) {
  class Memo extends Component {
    shouldComponentUpdate(next) {
      const keys = new Set([...Object.keys(this.props), ...Object.keys(next)]);
      return [...keys].some((key) => key !== "children" && this.props[key] !== next[key]);
    }
    render(props) {
      return html`<${draw} ...${props} />`;
    }
  }
  return Memo;
}

/** Class names from strings; false and empty ones are left out. */
export function names(...parts) {
  return parts.filter(Boolean).join(" ");
}

let lastId = 0;

/** An id for aria references that stays the same for the life of a component. */
export function useId(prefix) {
  const id = useRef(null);
  id.current ??= `${prefix}-${++lastId}`;
  return id.current;
}
