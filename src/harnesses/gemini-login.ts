// Whether Gemini CLI has a way to log in: which one it would choose, from its settings and environment, and whether what that needs is there.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { parseObject, textAt } from './shape.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Null where it cannot be told: what lies in a keychain, or comes from the machine it runs on. `root`: the repository. */
export function geminiLogin(root: string, environment: Variables): boolean | null {
  const home = environment.GEMINI_CLI_HOME || environment.HOME || homedir();
  const variables = { ...envFile(root, home), ...environment };
  const method = selectedType(root) || selectedType(home) || methodOf(variables);
  return methods[method]?.(variables, home) ?? (Object.hasOwn(methods, method) ? null : false);
}

/** What each way to log in needs. Whatever else may be selected it refuses without a terminal. */
const methods: Readonly<Record<string, (variables: Variables, home: string) => boolean | null>> = {
  // Without the variable a key may lie in the keychain.
  'gemini-api-key': ({ GEMINI_API_KEY }) => (GEMINI_API_KEY ? true : null),
  'oauth-personal': ({ GEMINI_FORCE_ENCRYPTED_FILE_STORAGE }, home) =>
    GEMINI_FORCE_ENCRYPTED_FILE_STORAGE === 'true' ? null : existsSync(join(home, '.gemini', 'oauth_creds.json')),
  'vertex-ai': ({
    GOOGLE_API_KEY,
    GOOGLE_CLOUD_PROJECT,
    GOOGLE_CLOUD_LOCATION,
    GOOGLE_APPLICATION_CREDENTIALS,
    HOME = homedir(),
  }) => {
    if (GOOGLE_API_KEY) return true;
    if (!GOOGLE_CLOUD_PROJECT || !GOOGLE_CLOUD_LOCATION) return false;
    const credentials = GOOGLE_APPLICATION_CREDENTIALS || join(HOME, googleDefault);
    return existsSync(credentials) || null;
  },
  'compute-default-credentials': () => null,
};

const googleDefault = '.config/gcloud/application_default_credentials.json';

function methodOf(variables: Variables): string {
  if (variables.GOOGLE_GENAI_USE_GCA === 'true') return 'oauth-personal';
  if (variables.GOOGLE_GENAI_USE_VERTEXAI === 'true') return 'vertex-ai';
  if (variables.GOOGLE_GEMINI_BASE_URL) return 'gateway';
  if (variables.GEMINI_API_KEY) return 'gemini-api-key';
  return variables.GEMINI_CLI_USE_COMPUTE_ADC === 'true' ? 'compute-default-credentials' : '';
}

function selectedType(folder: string): string {
  const settings = parseObject(read(join(folder, '.gemini', 'settings.json')));
  return textAt(settings, 'security', 'auth', 'selectedType');
}

/** The one `.env` that it reads: the nearest above the repository, else that of the home folder. */
function envFile(root: string, home: string): Variables {
  const folders = [root];
  for (let folder = root; dirname(folder) !== folder; folder = dirname(folder)) folders.push(dirname(folder));
  const files = [...folders, home].flatMap((folder) => [join(folder, '.gemini', '.env'), join(folder, '.env')]);
  return parseEnv(read(files.find((file) => existsSync(file)) ?? ''));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
