// The changes of a scenario as their texts; the same form as mapapp/coverage/changes.py writes.

export function readChange(text) {
  const [kind, who, ...rest] = text.split(":");
  const at = kind === "add" || kind === "move" ? rest[0] : null;
  const places = kind === "size" ? rest[0] : rest[1];
  return { kind, who, at: at ? at.split(",").map(Number) : null, places: places || "" };
}

export function writeChange({ kind, who, at, places }) {
  const where = at ? at.map((degrees) => degrees.toFixed(5)).join(",") : "";
  if (kind === "add") return ["add", who, where, places].join(":");
  return [kind, who, where, places].filter((part) => part !== "").join(":");
}

// The changes after a site was put somewhere; a site is known by its key, a new one by its number in the list.
export function afterMove(changes, id, at) {
  const next = changes.slice();
  if (id.startsWith("new:")) {
    const number = Number(id.slice(4));
    next[number] = writeChange({ ...readChange(next[number]), at });
    return next;
  }
  const number = next.findIndex((text) => readChange(text).kind !== "add" && readChange(text).who === id);
  const places = number < 0 ? "" : readChange(next[number]).places;
  const moved = writeChange({ kind: "move", who: id, at, places });
  if (number < 0) next.push(moved);
  else next[number] = moved;
  return next;
}
