// Calls of the control API; a problem is an Error with the simulator's own words.

async function answer(response) {
  const said = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(said.error ?? `${response.status} ${response.statusText}`);
  return said;
}

export async function get(path, query = {}) {
  const asked = new URLSearchParams(query).toString();
  return answer(await fetch(`/_sim${path}${asked && `?${asked}`}`));
}

export async function post(path, body) {
  const sent = body instanceof FormData ? body : JSON.stringify(body);
  return answer(await fetch(`/_sim${path}`, { method: "POST", body: sent }));
}

export const person = (number) => `/people/${encodeURIComponent(number)}`;

// Follows what happens on all phones, for ever; `tell` gets each happening, or null after a gap.
export async function follow(tell, say) {
  let after;
  for (;;) {
    try {
      const seen = await get("/feed", after === undefined ? {} : { after, wait: 25 });
      if (seen.gap) tell(null);
      after = seen.next;
      seen.events.forEach(tell);
      say("");
    } catch {
      say("The simulator does not answer; trying again …");
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}
