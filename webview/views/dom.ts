/** Elements by function call. Text is always text, never markup: names of classes and files are data. */

import { t } from "#protocol/l10n.ts";
export type Child = Node | string | undefined | false;

type Listeners = { readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };

export interface Props {
  readonly class?: string;
  readonly on?: Listeners;
  readonly [attribute: string]: string | number | boolean | Listeners | undefined;
}

/** An element with attributes and children; `false` and `undefined` leave an attribute or child out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "object") listen(element, value);
    else if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...present(children));
  return element;
}

/** An SVG element with attributes and children. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...present(children));
  return element;
}

/** A name that came from a file: kept apart from the direction of the text around it. */
export function named(name: string): HTMLElement {
  return el("bdi", {}, name === "" ? t`(no name)` : name);
}

/**
 * Replaces what an element holds. Focus stays where it was: elements with the same `data-focus` are taken for
 * the same one.
 */
export function fill(parent: Element, ...children: readonly Child[]): void {
  const active = document.activeElement;
  const focus = active && parent.contains(active) ? (active as HTMLElement).dataset["focus"] : undefined;
  parent.replaceChildren(...present(children));
  if (focus === undefined) return;
  const again = [...parent.querySelectorAll<HTMLElement>("[data-focus]")].find(
    (element) => element.dataset["focus"] === focus,
  );
  again?.focus({ preventScroll: true });
}

/** A button that does something. */
export function button(
  text: string,
  style: "primary" | "second" | "link" | "plain",
  press: () => void,
  props: Props = {},
): HTMLButtonElement {
  return el(
    "button",
    { type: "button", class: style, "data-focus": `button ${text}`, ...props, on: { click: press } },
    text,
  );
}

/** Sets an attribute where it differs, so that nothing is announced twice. */
export function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Sets the text where it differs. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function listen(element: HTMLElement, listeners: Listeners): void {
  for (const [type, listener] of Object.entries(listeners)) {
    element.addEventListener(type, listener as EventListener);
  }
}

function present(children: readonly Child[]): (Node | string)[] {
  return children.filter(
    (child): child is Node | string => child !== undefined && child !== false && child !== "",
  );
}
