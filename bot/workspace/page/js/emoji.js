// The emoji that the workspace knows by name, with the aliases that people type. Data and look-ups; draws nothing.

const GROUPS = {
  Faces: `smile=😄 smiley=😃 grinning=😀 grin=😁 blush=😊 slightly_smiling_face=🙂 wink=😉 joy=😂 relieved=😌 sunglasses=😎 thinking_face=🤔
    neutral_face=😐 confused=😕 slightly_frowning_face=🙁 cry=😢 sob=😭 sweat_smile=😅 weary=😩 tired_face=😫 face_with_rolling_eyes=🙄
    exploding_head=🤯 scream=😱 rage=😡 sleeping=😴 face_with_thermometer=🤒 hugging_face=🤗 saluting_face=🫡 robot_face=🤖 ghost=👻`,
  Hands: `+1=👍 -1=👎 wave=👋 raised_hands=🙌 clap=👏 pray=🙏 ok_hand=👌 raised_hand=✋ point_right=👉 point_up=☝️ point_down=👇 muscle=💪
    handshake=🤝 writing_hand=✍️ raising_hand=🙋 bow=🙇 shrug=🤷 technologist=🧑‍💻 busts_in_silhouette=👥 bust_in_silhouette=👤`,
  Signs: `white_check_mark=✅ heavy_check_mark=✔️ ballot_box_with_check=☑️ x=❌ warning=⚠️ no_entry=⛔ no_entry_sign=🚫 question=❓ exclamation=❗
    information_source=ℹ️ bangbang=‼️ sos=🆘 rotating_light=🚨 red_circle=🔴 large_orange_circle=🟠 large_yellow_circle=🟡
    large_green_circle=🟢 large_blue_circle=🔵 white_circle=⚪ black_circle=⚫ hourglass=⌛ hourglass_flowing_sand=⏳ repeat=🔁
    arrows_counterclockwise=🔄 arrow_right=➡️ arrow_left=⬅️ arrow_up=⬆️ arrow_down=⬇️ heavy_multiplication_x=✖️ fast_forward=⏩ heavy_plus_sign=➕ heavy_minus_sign=➖ new=🆕
    one=1️⃣ two=2️⃣ three=3️⃣ four=4️⃣ five=5️⃣ six=6️⃣ seven=7️⃣ eight=8️⃣ nine=9️⃣ 100=💯 zzz=💤 speech_balloon=💬`,
  Things: `computer=💻 desktop_computer=🖥️ keyboard=⌨️ computer_mouse=🖱️ printer=🖨️ iphone=📱 telephone_receiver=📞 phone=☎️ headphones=🎧
    microphone=🎤 camera=📷 video_camera=📹 battery=🔋 electric_plug=🔌 floppy_disk=💾 cd=💿 satellite_antenna=📡 globe_with_meridians=🌐
    earth_africa=🌍 earth_asia=🌏 email=✉️ incoming_envelope=📨 inbox_tray=📥 outbox_tray=📤 package=📦 file_folder=📁 open_file_folder=📂
    page_facing_up=📄 clipboard=📋 memo=📝 pencil2=✏️ pushpin=📌 paperclip=📎 link=🔗 lock=🔒 unlock=🔓 key=🔑 closed_lock_with_key=🔐
    shield=🛡️ mag=🔍 bulb=💡 wrench=🔧 hammer_and_wrench=🛠️ gear=⚙️ toolbox=🧰 test_tube=🧪 books=📚 book=📖 bookmark=🔖 label=🏷️ ticket=🎫
    admission_tickets=🎟️ calendar=📆 date=📅 alarm_clock=⏰ stopwatch=⏱️ clock3=🕒 bell=🔔 no_bell=🔕 mega=📣 loudspeaker=📢
    chart_with_upwards_trend=📈 chart_with_downwards_trend=📉 bar_chart=📊 card_index_dividers=🗂️ wastebasket=🗑️ credit_card=💳
    briefcase=💼 office=🏢 house=🏠 door=🚪 ambulance=🚑 fire_engine=🚒 construction=🚧 ladder=🪜 broom=🧹 magnet=🧲`,
  Spirits: `tada=🎉 sparkles=✨ star=⭐ star2=🌟 fire=🔥 boom=💥 zap=⚡ rocket=🚀 heart=❤️ green_heart=💚 blue_heart=💙 broken_heart=💔 eyes=👀
    brain=🧠 trophy=🏆 medal=🏅 dart=🎯 gift=🎁 coffee=☕ tea=🍵 pizza=🍕 cake=🍰 apple=🍎 seedling=🌱 four_leaf_clover=🍀 sunny=☀️
    crescent_moon=🌙 cloud=☁️ snowflake=❄️ rainbow=🌈 turtle=🐢 cat=🐱 dog=🐶 bug=🐛 snail=🐌 see_no_evil=🙈 ring_buoy=🛟 lifebuoy=🛟
    compass=🧭 world_map=🗺️ airplane=✈️ car=🚗 train=🚆 ship=🚢`,
};

const ALIASES = {
  thumbsup: "+1", thumbsdown: "-1", thinking: "thinking_face", check: "heavy_check_mark", done: "white_check_mark", envelope: "email",
  mailbox: "incoming_envelope", hourglass_not_done: "hourglass_flowing_sand", light_bulb: "bulb", laptop: "computer", robot: "robot_face",
  hand: "raised_hand", simple_smile: "slightly_smiling_face", information: "information_source",
  telephone: "phone", mobile_phone: "iphone", siren: "rotating_light", large_red_circle: "red_circle", spiral_calendar_pad: "calendar",
};

export const EMOJI_GROUPS = Object.fromEntries(
  Object.entries(GROUPS).map(([group, text]) => [group, text.trim().split(/\s+/).map((pair) => pair.split("="))]),
);

const GLYPHS = new Map(Object.values(EMOJI_GROUPS).flat());

/** The glyph for a name ("+1", "thumbsup", "wave::skin-tone-3"), or undefined. */
export function glyphFor(name) {
  const plain = name.toLowerCase().split("::")[0];
  return GLYPHS.get(plain) ?? GLYPHS.get(ALIASES[plain]);
}

/** Up to `limit` [name, glyph] pairs whose name or alias holds what was typed; names that start with it come first. */
export function emojiLike(typed, limit = 8) {
  const wanted = typed.toLowerCase();
  const names = [...GLYPHS.keys(), ...Object.keys(ALIASES)].filter((name) => name.includes(wanted));
  names.sort((one, other) => other.startsWith(wanted) - one.startsWith(wanted));
  return names.slice(0, limit).map((name) => [name, glyphFor(name)]);
}
