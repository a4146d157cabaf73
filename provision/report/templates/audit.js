// A page turned to the other language says so, in its title too. Without scripts it turns all the same.
for (const choice of document.querySelectorAll("input[name=language]")) {
  const turn = () => {
    if (!choice.checked) return;
    document.documentElement.lang = choice.value;
    document.title = choice.dataset.title;
  };
  choice.addEventListener("change", turn);
  turn();
}
