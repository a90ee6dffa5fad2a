// Block Kit's selects, single and multiple: a button that says what is chosen and opens a list. Options come from the block or the world.

import { Choice, usePopover } from "./popover.js";
import { current } from "./store.js";
import { personOption } from "./signs.js";
import { useInput } from "./surface.js";
import { html, names } from "./ui.js";
import { Icon } from "./icons.js";

/** Any select element; several values show as chips. */
export function Picker(props) {
  const { element, block, control, labelled, invalid } = props;
  const { value, change, busy, question } = useInput(props);
  const list = usePopover();
  const many = element.type.startsWith("multi_");
  const options = optionsOf(element);
  const chosen = new Set((many ? value : value ? [value] : []).map(keyOf));
  const pick = (option) => {
    if (!many) {
      list.close();
      return change(option.value);
    }
    const kept = value.filter((one) => keyOf(one) !== option.key);
    if (kept.length < value.length) return change(kept);
    if (kept.length < (element.max_selected_items ?? Infinity)) change([...kept, option.value]);
  };
  const words = options.filter(({ key }) => chosen.has(key)).map(({ label }) => label);
  const hint = element.placeholder?.text ?? (many ? "Choose some" : "Choose one");
  const chips = many && words.length > 0 && words.map((word) => html`<span class="chip">${word}</span>`);
  return html`<button type="button" id=${control} class=${names("button picker", !words.length && "empty")} data-action-id=${element.action_id}
      data-block-id=${block} aria-busy=${busy ? "true" : undefined} aria-invalid=${invalid ? "true" : undefined}
      aria-label=${`${hint}: ${words.join(", ") || "nothing chosen"}`} aria-describedby=${labelled} ...${list.opener("listbox")}>
      <span class="picker-words">${chips || (words[0] ?? hint)}</span>
      <${Icon} name="down" size=${14} />
    </button>
    ${list.open && html`<${Choice} anchor=${list.anchor.current} options=${options} chosen=${chosen} multi=${many} onPick=${pick}
      onClose=${list.close} label=${hint} />`}
    ${question}`;
}

function keyOf(value) {
  return typeof value === "string" ? value : value.value;
}

function optionsOf(element) {
  if (element.type.includes("users")) return Object.values(current().view.people).map((person) => personOption(person));
  if (element.type.includes("channels")) return channelOptions((channel) => channel.kind === "channel");
  if (element.type.includes("conversations")) return channelOptions(() => true);
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  return groups.flatMap(({ label, options }) => options.map((option) => ({
    key: option.value, label: option.text.text, hint: option.description?.text, group: label?.text, value: option,
  })));
}

function channelOptions(wanted) {
  const { view } = current();
  const label = (channel) => (channel.kind === "im" ? view.people[channel.with]?.real_name ?? "Someone" : `#${channel.name}`);
  return view.channels.filter(wanted).map((channel) => ({ key: channel.id, label: label(channel), hint: channel.topic, value: channel.id }));
}
