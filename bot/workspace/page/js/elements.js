// Block Kit's interactive elements. Each takes {element, block (its key)}; inside an input block also silent, and the ids
// control (its own), labelled (its label's) and described (its hint's and error's).

import { localMoment, momentOf } from "./clock.js";
import { Picker } from "./pickers.js";
import { Icon } from "./icons.js";
import { Menu, usePopover } from "./popover.js";
import { Mrkdwn, Plain, TextObject, Unknown } from "./rich.js";
import { safeAddress } from "./scan.js";
import { useInput, usePress } from "./surface.js";
import { html, names, useEffect, useId, useRef, useState } from "./ui.js";
import { useWorld } from "./world.js";

/** Any element; one that this page does not know is shown as such. */
export function Element(props) {
  const Draw = ELEMENTS[props.element?.type];
  return Draw ? html`<${Draw} ...${props} />` : html`<${Unknown} type=${props.element?.type} />`;
}

// What tests and assistive technology find an element by.
function hooks({ action_id: action, accessibility_label: label }, block, busy) {
  return { "data-action-id": action, "data-block-id": block, "aria-label": label, "aria-busy": busy ? "true" : undefined };
}

function Button({ element, block }) {
  const { press, busy, question } = usePress(element, block);
  const look = names("button", element.style === "primary" && "primary", element.style === "danger" && "danger");
  const own = { ...hooks(element, block, busy), class: look, onClick: () => press({ value: element.value }) };
  const words = html`<${TextObject} text=${element.text} />`;
  const address = element.url && safeAddress(element.url);
  const away = html`<span class="away" aria-hidden="true">↗</span>`;
  const link = address && html`<a ...${own} href=${address} target="_blank" rel="noopener noreferrer">${words}${away}</a>`;
  return html`${link || html`<button type="button" ...${own}>${words}</button>`}${question}`;
}

function Overflow({ element, block }) {
  const menu = usePopover();
  const { press, busy, question } = usePress(element, block);
  const items = element.options.map((option) => ({
    label: html`<${Plain} text=${option.text.text} />`,
    hint: option.description?.text,
    data: { "data-option": option.value },
    onPick: () => pick(option),
  }));
  const pick = (option) => {
    const address = option.url && safeAddress(option.url);
    if (address) open(address, "_blank", "noopener,noreferrer");
    press({ selected_option: option });
  };
  const own = { ...hooks(element, block, busy), "aria-label": element.accessibility_label ?? "More actions", ...menu.opener("menu") };
  return html`<button type="button" class="button overflow" ...${own}><${Icon} name="more" /></button>
    ${menu.open && html`<${Menu} anchor=${menu.anchor.current} items=${items} onClose=${menu.close} label="More actions" />`}
    ${question}`;
}

function FeedbackButtons({ element, block }) {
  const { press, busy } = usePress(element, block);
  const [chosen, setChosen] = useState("");
  const choose = (button) => {
    setChosen(button.value);
    press({ value: button.value });
  };
  const draw = (button, glyph) => button && html`<button type="button" class="button small" ...${hooks(element, block, busy)}
    data-value=${button.value} aria-pressed=${chosen === button.value ? "true" : "false"} aria-label=${button.accessibility_label}
    onClick=${() => choose(button)}><span class="emoji" aria-hidden="true">${glyph}</span><${TextObject} text=${button.text} /></button>`;
  return html`<span class="feedback" role="group" aria-label="Feedback">
    ${draw(element.positive_button, "👍")}${draw(element.negative_button, "👎")}</span>`;
}

const ICON_BUTTONS = { trash: "trash" };

function IconButton({ element, block }) {
  const { press, busy, question } = usePress(element, block);
  return html`<button type="button" class="button small" ...${hooks(element, block, busy)} onClick=${() => press({ value: element.value })}>
      <${Icon} name=${ICON_BUTTONS[element.icon] ?? "bolt"} size=${15} /><${TextObject} text=${element.text} /></button>${question}`;
}

/** Radio buttons and checkboxes: the same list, one or several ticks. */
function Options(props) {
  const { element, block, labelled } = props;
  const { value, change, question } = useInput(props);
  const group = useId("options");
  const many = element.type === "checkboxes";
  const ticked = (many ? value : value ? [value] : []).map((option) => option.value);
  const toggle = (option) => {
    if (!many) return change(option);
    change(element.options.filter(({ value: one }) => (one === option.value ? !ticked.includes(one) : ticked.includes(one))));
  };
  const draw = (option) => html`<label class="option">
    <input type=${many ? "checkbox" : "radio"} name=${group} value=${option.value} checked=${ticked.includes(option.value)}
      onChange=${() => toggle(option)} />
    <span class="option-words"><${TextObject} text=${option.text} />
      ${option.description && html`<small><${TextObject} text=${option.description} /></small>`}</span>
  </label>`;
  return html`<div class="options" role=${many ? "group" : "radiogroup"} ...${hooks(element, block)} aria-labelledby=${labelled}>
    ${element.options.map(draw)}</div>${question}`;
}

const TEXT_TYPES = { email_text_input: "email", url_text_input: "url", number_input: "text" };
const TEXT_MODES = { email_text_input: "email", url_text_input: "url", number_input: "decimal" };

function TextInput(props) {
  const { element, block, control, labelled, described, invalid } = props;
  const { value, change, press } = useInput({ ...props, silent: true });
  const field = useRef(null);
  useEffect(() => element.focus_on_load && field.current.focus(), []);
  const enter = (event) => {
    if (event.key !== "Enter" || event.isComposing || (element.multiline && event.shiftKey)) return;
    if (!props.dispatches) return;
    event.preventDefault();
    press({ value: event.target.value });
  };
  const own = {
    ...hooks(element, block), id: control, ref: field, value: value ?? "",
    placeholder: element.placeholder?.text, maxlength: element.max_length ?? 3000,
    "aria-labelledby": labelled, "aria-describedby": described, "aria-invalid": invalid ? "true" : undefined,
    inputmode: TEXT_MODES[element.type], onInput: (event) => change(event.target.value || null), onKeyDown: enter,
  };
  const counted = element.max_length && html`<small class="counter">${(value ?? "").length} of ${element.max_length}</small>`;
  return element.multiline
    ? html`<textarea class="field" rows="4" ...${own}></textarea>${counted}`
    : html`<input class="field" type=${TEXT_TYPES[element.type] ?? "text"} ...${own} />${counted}`;
}

const SETTLE_MS = 700; // a date typed on the keyboard changes digit by digit: it counts when it rests

function Moment(props) {
  const { element, block, control, labelled, described, invalid } = props;
  const { value, change, question } = useInput(props);
  const { me } = useWorld();
  const timer = useRef(0);
  const [typed, setTyped] = useState(null);
  const late = (event) => {
    const next = event.target.value || null;
    setTyped(next ?? "");
    clearTimeout(timer.current);
    timer.current = setTimeout(() => change(readMoment(element.type, next, me)), props.silent ? 0 : SETTLE_MS);
  };
  const label = labelled ? undefined : element.placeholder?.text ?? "Choose";
  return html`<input class="field moment" id=${control} type=${MOMENTS[element.type]} value=${typed ?? writeMoment(element.type, value, me)}
    onInput=${late} ...${hooks(element, block)} aria-label=${label} aria-labelledby=${labelled} aria-describedby=${described}
    aria-invalid=${invalid ? "true" : undefined} />${question}`;
}

const MOMENTS = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };

// Slack keeps a date with its time as seconds; the field speaks the clock of whoever looks.
function readMoment(type, text, me) {
  return type === "datetimepicker" && text ? Math.round(momentOf(text, me)) : text;
}

function writeMoment(type, value, me) {
  return type === "datetimepicker" && value ? localMoment(value, me) : value ?? "";
}

/** A picture's place. Nothing is loaded from anywhere: the description stands in a frame. */
export function Picture({ element }) {
  const words = element.alt_text;
  return html`<span class="picture-mini" role="img" aria-label=${words} title=${words}><${Icon} name="image" size=${14} /></span>`;
}

const ELEMENTS = {
  button: Button, overflow: Overflow, feedback_buttons: FeedbackButtons, icon_button: IconButton, image: Picture,
  radio_buttons: Options, checkboxes: Options, datepicker: Moment, timepicker: Moment, datetimepicker: Moment,
  plain_text_input: TextInput, email_text_input: TextInput, url_text_input: TextInput, number_input: TextInput,
  static_select: Picker, multi_static_select: Picker, users_select: Picker, multi_users_select: Picker, channels_select: Picker,
  multi_channels_select: Picker, conversations_select: Picker, multi_conversations_select: Picker,
  mrkdwn: ({ element }) => html`<${Mrkdwn} text=${element.text} />`,
  plain_text: ({ element }) => html`<${TextObject} text=${element} />`,
};
