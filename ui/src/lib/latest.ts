/**
 * Looks, and once more when it was asked to meanwhile: however often something is told to have changed, there is one look
 * at a time, and the last one began after the last of it. What is answered ends with that last look.
 */
export function latest(look: () => Promise<unknown>): () => Promise<void> {
  let told = false;
  let looking: Promise<void> | null = null;
  const lookUntilNothingIsTold = async () => {
    try {
      while (told) {
        told = false;
        await look();
      }
    } finally {
      looking = null;
    }
  };
  return () => {
    told = true;
    return (looking ??= lookUntilNothingIsTold());
  };
}
