import { mount, unmount, type Component } from 'svelte';

/**
 * Draws a screen once, unseen, while nobody waits for it. What takes long only the first time (compiling its
 * code, shaping its letters, working out its styles) is then done when somebody does.
 */
export async function rehearse(screen: Component): Promise<void> {
  const stage = document.createElement('div');
  stage.className = 'rehearsal';
  stage.inert = true;
  document.body.append(stage);
  const drawn = mount(screen, { target: stage });
  await new Promise(requestAnimationFrame);
  await unmount(drawn);
  stage.remove();
}
