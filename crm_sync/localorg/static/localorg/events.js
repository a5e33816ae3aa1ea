// Asks for new events every two seconds and puts them on top of the list.
const SECONDS = 2;
const MOST = 100;
const tail = document.getElementById("tail");
const button = document.getElementById("stop");
const news = document.getElementById("news");
let last = Number(tail.dataset.last);
let running = true;
let count = 0;

function tell(text) {
  if (news.textContent !== text) news.textContent = text;
}

function address() {
  const query = new URLSearchParams({ part: "rows", after: last, channel: tail.dataset.channel });
  return `${location.pathname}?${query}`;
}

function insert(rows) {
  tail.insertAdjacentHTML("afterbegin", rows);
  const first = tail.firstElementChild;
  const before = last;
  if (first) last = Math.max(last, Number(first.dataset.replay));
  for (const row of tail.children) {
    if (Number(row.dataset.replay) <= before) break;
    count += 1;
  }
  while (tail.children.length > MOST) tail.lastElementChild.remove();
}

async function look() {
  const answer = await fetch(address(), { cache: "no-store" });
  if (answer.status === 205) {
    location.reload();
    return;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  const rows = (await answer.text()).trim();
  if (!running) return;
  if (rows) insert(rows);
  tell(count ? `Live. New since the page was opened: ${count}` : "Live. Waiting for new events");
}

async function poll() {
  if (running && !document.hidden) {
    try {
      await look();
    } catch {
      if (running) tell("The org does not answer; trying again");
    }
  }
  setTimeout(poll, SECONDS * 1000);
}

button.addEventListener("click", () => {
  running = !running;
  button.textContent = running ? "Stop" : "Go on";
  tell(running ? "Live" : "Stopped");
});

button.hidden = false;
tell("Live. Waiting for new events");
setTimeout(poll, SECONDS * 1000);
