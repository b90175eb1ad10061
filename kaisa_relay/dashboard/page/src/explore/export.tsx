// A file of what is listed, made in the background, with how far it is and the link to it.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ExportJob } from "../api/types";
import { client } from "../session";
import { explain } from "../signin/signin";
import { t } from "../text/en";
import { Button } from "../ui/parts";
import { conditions, written } from "./query";

const words = t.explore.export;
/** Milliseconds between looks at how far it is. */
const EVERY = 700;
const UNDER_WAY: ReadonlySet<string> = new Set(["queued", "running"]);

export function Export({ query }: { query: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [job, show] = useState<ExportJob | null>(null);
  const [problem, setProblem] = useState("");
  useFollowed(job, show, setProblem);

  async function start(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const typed = new FormData(event.currentTarget as HTMLFormElement);
    const asked = { rows: typed.get("rows"), format: typed.get("format"), filter: written(conditions(query)) };
    setProblem("");
    await client.post<ExportJob>("/explore/exports", asked).then(show, (refused) => setProblem(explain(refused)));
  }

  function stop(): void {
    if (job) void client.delete(`/explore/exports/${job.id}`).catch((refused) => setProblem(explain(refused)));
  }

  return (
    <>
      <Button onClick={() => (show(null), dialog.current?.showModal())}>{words.open}</Button>
      <dialog ref={dialog} class="export" aria-label={words.heading}>
        <h2>{words.heading}</h2>
        {job === null ? <Wish start={start} /> : <Progress job={job} stop={stop} />}
        <p class="problem" role="alert">
          {problem}
        </p>
        <Button onClick={() => dialog.current?.close()}>{words.close}</Button>
      </dialog>
    </>
  );
}

/** Look at a job again and again, until it has ended. */
function useFollowed(job: ExportJob | null, show: (job: ExportJob) => void, failed: (why: string) => void): void {
  useEffect(() => {
    if (job === null || !UNDER_WAY.has(job.state)) return;
    const look = () => client.get<ExportJob>(`/explore/exports/${job.id}`).then(show, (why) => failed(explain(why)));
    const timer = setTimeout(() => void look(), EVERY);
    return () => clearTimeout(timer);
  }, [job]);
}

function Wish({ start }: { start: (event: SubmitEvent) => Promise<void> }) {
  const choice = (name: string, says: string, options: Record<string, string>) => (
    <label class="setting">
      {says}
      <select name={name}>
        {Object.entries(options).map(([value, called]) => (
          <option key={value} value={value}>
            {called}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form class="export-wish" onSubmit={(event) => void start(event)}>
      {choice("rows", words.rows, words.rowKinds)}
      {choice("format", words.format, words.formats)}
      <button type="submit" class="button button-primary">
        {words.start}
      </button>
    </form>
  );
}

function Progress({ job, stop }: { job: ExportJob; stop: () => void }) {
  if (job.state === "done" && job.url) {
    return (
      <p role="status" data-state="done">
        {words.ready(job.written)}{" "}
        <a class="button button-primary" href={job.url} download>
          {words.download}
        </a>
      </p>
    );
  }
  if (!UNDER_WAY.has(job.state)) return <p role="status">{words.states[job.state] ?? job.state}</p>;
  return (
    <div class="group">
      <progress value={job.done} max={job.total ?? undefined} aria-label={words.heading} />
      <p role="status">{words.progress(job.done, job.total)}</p>
      <Button onClick={stop}>{words.cancel}</Button>
    </div>
  );
}
