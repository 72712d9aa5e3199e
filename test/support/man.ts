import { manPage } from "../../cli/man.ts";
import packageJson from "../../package.json" with { type: "json" };

// npm run man: the manual page of this version on stdout. `npm run -s man | man -l -` shows it. A release says its date
// by SOURCE_DATE_EPOCH, as Debian's tools and git archives do, so that one commit gives the same bytes twice.
const { SOURCE_DATE_EPOCH: seconds } = process.env;
const moment = new Date(seconds === undefined || seconds === "" ? Date.now() : Number(seconds) * 1000);
process.stdout.write(manPage(packageJson.version, moment.toISOString().slice(0, 10)));
