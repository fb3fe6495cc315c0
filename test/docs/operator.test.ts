// docs/operator.md, followed from nothing: the app is created, started, fed, backed up and restored.
import { startOperatorWorld } from "./operator-world.ts";
import { followPage } from "./run-page.ts";

followPage("docs/operator.md", startOperatorWorld);
