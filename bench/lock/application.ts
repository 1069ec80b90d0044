/** A real application of more than a thousand packages: Create React App, built and tested as its users do. */
import type { Project } from './projects.ts';

export const application: Project = {
  name: 'storefront',
  title: 'A front end made with Create React App: `react-scripts build && react-scripts test`',
  needs: [
    'react',
    'react-dom',
    'react-router-dom',
    'react-scripts',
    'webpack',
    '@testing-library/react',
    '@testing-library/dom',
    'ajv',
  ],
  pins: {
    react: '18.3.1',
    'react-dom': '18.3.1',
    'react-router-dom': '6.30.1',
    'react-scripts': '5.0.1',
    webpack: '5.90.0',
    '@testing-library/react': '16.3.0',
    '@testing-library/dom': '10.4.1',
    // What react-scripts 5 needs at the top of the tree; its users install it by hand.
    ajv: '8.17.1',
  },
  update: { webpack: '5.112.2' },
  env: { CI: 'true', BROWSERSLIST_IGNORE_OLD_DATA: 'true' },
  files: {
    'package.json': JSON.stringify({
      scripts: { test: 'react-scripts build && react-scripts test --watchAll=false' },
      eslintConfig: { extends: 'react-app' },
      browserslist: ['>0.2%'],
    }),
    'public/index.html':
      '<!doctype html><html lang="en"><head><title>Shop</title></head><body><div id="root"></div></body></html>\n',
    'src/index.js': `import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router-dom';
import App from './App';
import './index.css';
createRoot(document.getElementById('root')).render(<BrowserRouter><App /></BrowserRouter>);
`,
    'src/index.css': 'h1 { color: teal; user-select: none; }\n',
    'src/App.js': `import { Link, Route, Routes } from 'react-router-dom';
export default function App() {
  return (
    <>
      <h1>Storefront</h1>
      <Link to="/cart">Cart</Link>
      <Routes>
        <Route path="/" element={<p>Welcome</p>} />
        <Route path="/cart" element={<p>Empty</p>} />
      </Routes>
    </>
  );
}
`,
    'src/App.test.js': `import { render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router-dom';
import App from './App';
test('greets', () => {
  render(<MemoryRouter><App /></MemoryRouter>);
  expect(screen.getByText('Welcome')).toBeTruthy();
});
`,
  },
  command: () => ['npm', 'test', '--silent'],
};
