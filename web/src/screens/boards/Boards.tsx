// The boards of the project: saved tables of runs, and the form that saves the view of the page as one.
import { useEffect } from "preact/hooks";
import { boards, boardsProblem, chosenBoard, loadBoards, project } from "../../state/boards";
import { session } from "../../state/session";
import { setScreenSetting, store } from "../../state/view";
import { BoardView } from "./BoardView";
import { SaveForm } from "./SaveForm";
import "./Boards.css";

export function Boards() {
  useEffect(() => void loadBoards(), [store.value]);
  const name = chosenBoard.value;
  return (
    <section class="boards-screen" aria-label="Boards">
      <nav class="board-list" aria-label="Boards of the project">
        <h1>
          Boards <span class="muted">{project.value}</span>
        </h1>
        {boardsProblem.value && (
          <p class="problem" role="alert">
            {boardsProblem.value}
          </p>
        )}
        {boards.value && !boards.value.length && (
          <p class="muted">
            This project has no boards. A board is a saved table of runs, a file in the directory boards that
            can be committed.
          </p>
        )}
        <ul>
          {boards.value?.map((board) => (
            <li key={board.file}>
              <button
                type="button"
                class="plain"
                aria-current={board.name === name ? "page" : undefined}
                onClick={() => setScreenSetting("boards.name", board.name)}
              >
                <strong>{board.name}</strong> <span class="muted">{board.title}</span>
              </button>
              {board.problem && <div class="problem">{board.problem}</div>}
            </li>
          ))}
        </ul>
        {session.value?.can_write ? (
          <SaveForm />
        ) : (
          <p class="muted">This server only reads: boards cannot be saved.</p>
        )}
      </nav>
      {name && <BoardView key={name} name={name} />}
    </section>
  );
}
