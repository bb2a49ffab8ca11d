import { flushSync, mount, unmount, type Component } from 'svelte';
import { unheard } from './keys';

/**
 * Draws a screen once, unseen, while nobody waits for it. What takes long only the first time (compiling its
 * code, shaping its letters, working out its styles) is then done when somebody does.
 */
export async function rehearse(screen: Component): Promise<void> {
  const stage = document.createElement('div');
  stage.className = 'rehearsal';
  stage.inert = true;
  document.body.append(stage);
  flushSync(); // what is seen already goes on hearing
  const drawn = unheard(() => {
    const unseen = mount(screen, { target: stage });
    flushSync();
    return unseen;
  });
  await new Promise(requestAnimationFrame);
  await unmount(drawn);
  stage.remove();
}
