// mdBook's index cuts words at spaces, so a Chinese sentence is one long word that no query meets.
// The index also carries the text of every section: Chinese terms are looked up there.
(() => {
  if (!window.elasticlunr) return;
  const CJK = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+/g;
  const AROUND = 40; // characters shown on either side of the first hit

  const count = (text, term) => text.toLowerCase().split(term).length - 1;

  // mdBook marks whole words only: with spaces around it, a hit is one.
  function teaser(body, terms) {
    const at = Math.max(0, body.indexOf(terms[0]) - AROUND);
    const piece = body.slice(at, at + terms[0].length + 2 * AROUND);
    const spaced = terms.reduce((text, term) => text.split(term).join(` ${term} `), piece);
    return (at > 0 ? '… ' : '') + spaced + ' …';
  }

  // Sections that hold every term, best first; a term in a title counts ten times.
  function find(docs, terms) {
    const hits = [];
    for (const [ref, doc] of Object.entries(docs)) {
      const scores = terms.map(term => count(doc.body, term) + 10 * count(doc.title, term));
      if (scores.includes(0)) continue;
      const score = scores.reduce((sum, one) => sum + one, 0);
      hits.push({ ref, score, doc: { ...doc, body: teaser(doc.body, terms) } });
    }
    return hits.sort((a, b) => b.score - a.score);
  }

  // What explains a word comes before what only has it: the glossary first, recordings last.
  const weight = ({ ref, doc }, urls) => {
    if (urls?.[ref]?.startsWith('glossary.html')) return 3;
    return /^(Watch it run|Myths|Exercises)/.test(doc.title) ? 0.3 : 1;
  };
  const ranked = (hits, urls) => hits
    .map(hit => ({ ...hit, score: hit.score * weight(hit, urls) }))
    .sort((a, b) => b.score - a.score);

  const load = elasticlunr.Index.load;
  elasticlunr.Index.load = json => {
    const index = load.call(elasticlunr.Index, json);
    const search = index.search.bind(index);
    index.search = (query, options) => {
      const terms = query.match(CJK);
      if (!terms) return ranked(search(query, options), window.search?.doc_urls);
      const hits = find(index.documentStore.docs, terms);
      const rest = query.replace(CJK, ' ').trim();
      if (!rest) return hits;
      const also = new Set(search(rest, options).map(hit => hit.ref));
      return hits.filter(hit => also.has(hit.ref));
    };
    return index;
  };
})();
