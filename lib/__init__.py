r"""The code behind the book: one mathematical thing a module.

Arrows point from what imports to what is imported.

    chapters                        tests              may import anything
       |
    live         pages   diagrams                      what readers touch
     |  \        |       /
     |   \     plots -- book.mplstyle                matplotlib, arrays in
     |
    gradients                                dynamics  measures: NumPy, SciPy,
     |                                          |      float64, no torch
    divergences  densities  information  coding |  transport  fits
      components  \             |          /  games    mixtures  judges
          \        \            |         /     |       /
           '------------------ checks -------------------'  of arguments

    autoencoders  networks  training  evaluation       torch; none imports
         ^        gans  distributions  matching        another
         |
    stored -> datasets, transport                      long runs, kept; data

`site` turns the executed notebooks into the website; no page imports it.
"""
