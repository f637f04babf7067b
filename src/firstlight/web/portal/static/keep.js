// Small things that outlive a reload, where the browser allows it. Some in-app browsers don't.

function keeper(storage) {
  const own = new Map();
  let store;
  try {
    store = window[storage];
    store.getItem("");
  } catch {
    store = { getItem: (name) => own.get(name) ?? null, setItem: (name, value) => own.set(name, value) };
  }
  return { get: (name) => store.getItem(name), set: (name, value) => store.setItem(name, value) };
}

export const inTab = keeper("sessionStorage");
export const inBrowser = keeper("localStorage");
