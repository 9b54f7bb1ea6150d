// Puts the answers in the file of the page in the place of a server, before the page starts.
import { serveFrom } from "../api/client";
import { type Answers, answer } from "./answers";

const element = document.getElementById("answers")!;
const answers = JSON.parse(element.textContent!) as Answers;
serveFrom((path, init) => answer(answers, path, init));
