// The values of Block Kit's inputs in the shape of Slack's view.state.values. Pure: reads blocks, never the page.

const FIELDS = {
  static_select: "selected_option", multi_static_select: "selected_options", radio_buttons: "selected_option", checkboxes: "selected_options",
  users_select: "selected_user", multi_users_select: "selected_users", channels_select: "selected_channel",
  multi_channels_select: "selected_channels", conversations_select: "selected_conversation",
  multi_conversations_select: "selected_conversations", datepicker: "selected_date", timepicker: "selected_time",
  datetimepicker: "selected_date_time", plain_text_input: "value", number_input: "value", email_text_input: "value", url_text_input: "value",
};

const INITIAL = {
  selected_option: "initial_option", selected_options: "initial_options", selected_user: "initial_user", selected_users: "initial_users",
  selected_channel: "initial_channel", selected_channels: "initial_channels", selected_conversation: "initial_conversation",
  selected_conversations: "initial_conversations", selected_date: "initial_date", selected_time: "initial_time",
  selected_date_time: "initial_date_time", value: "initial_value",
};

/** The field that holds an element's value ("selected_option"), or undefined for one that keeps none (a button). */
export function fieldOf(element) {
  return FIELDS[element.type];
}

/** What an element holds before anyone touched it: null, or an empty list where several can be chosen. */
export function initialValue(element) {
  const field = fieldOf(element);
  return element[INITIAL[field]] ?? (field.endsWith("s") ? [] : null);
}

function isEmpty(value) {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
}

/** The key under which a block's values stand: its own id, else its place. */
export function blockKey(block, index) {
  return block.block_id || `block-${index}`;
}

function elementsOf(block) {
  if (block.type === "input") return [block.element];
  if (block.type === "section") return block.accessory ? [block.accessory] : [];
  return block.type === "actions" ? block.elements : [];
}

/** {block_id: {action_id: {type, field: value}}} for every input of the blocks, touched (`values`) or not. */
export function stateOf(blocks, values) {
  const state = {};
  blocks.forEach((block, index) => {
    for (const element of elementsOf(block).filter(fieldOf)) {
      const key = blockKey(block, index);
      const touched = values[key]?.[element.action_id];
      const value = touched === undefined ? initialValue(element) : touched;
      state[key] = { ...state[key], [element.action_id]: { type: element.type, [fieldOf(element)]: value } };
    }
  });
  return state;
}

/** {block_id: sentence} for the inputs that must be filled and are not, or are too short. */
export function missing(blocks, values) {
  const errors = {};
  blocks.forEach((block, index) => {
    if (block.type !== "input" || !fieldOf(block.element)) return;
    const key = blockKey(block, index);
    const touched = values[key]?.[block.element.action_id];
    const value = touched === undefined ? initialValue(block.element) : touched;
    const { min_length: least = 0 } = block.element;
    if (isEmpty(value) && !block.optional) errors[key] = "Please fill this in.";
    else if (least && !isEmpty(value) && value.length < least) errors[key] = `Please write at least ${least} characters.`;
  });
  return errors;
}
