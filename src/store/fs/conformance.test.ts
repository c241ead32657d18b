import { storeConformance } from "../../conformance/store.ts";
import { fsConformance } from "./conformance.ts";

storeConformance(fsConformance);
