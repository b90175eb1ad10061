import { render } from "preact";

render(<p>kaisa_relay</p>, document.getElementById("page")!);
