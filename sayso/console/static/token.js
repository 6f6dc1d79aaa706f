// The token of the address moves into this tab's storage, so that it stands in no history and no bookmark.
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  sessionStorage.setItem("sayso-token", given);
  history.replaceState(null, "", location.pathname);
}
export const token = () => sessionStorage.getItem("sayso-token") ?? "";
export const bearer = () => ({ Authorization: `Bearer ${token()}` });

let id = sessionStorage.getItem("sayso-client");
if (!id || performance.getEntriesByType("navigation")[0]?.type === "navigate") {
  // A duplicated tab copies the storage: a new page is a new client, only a reload stays the same.
  id = Array.from(crypto.getRandomValues(new Uint8Array(9)), (n) => n.toString(36).padStart(2, "0")).join("");
  sessionStorage.setItem("sayso-client", id);
}
export const client = id;
