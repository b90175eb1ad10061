import { render } from "preact";
import { App } from "./app";
import { followAddress } from "./page";
import { begin, tryNow } from "./session";
import "./style/tokens.css";
import "./style/page.css";
import "./style/settings.css";
import "./style/engagement.css";
import "./style/board.css";
import "./style/conversation.css";
import "./style/explore.css";

followAddress();
addEventListener("online", tryNow);
void begin();
render(<App />, document.getElementById("page")!);
